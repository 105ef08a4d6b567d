"""A lead on a telephone: the block of the issue by the link in a mail, and a letter of one's own.

Walked with a finger, with the keyboard alone, and without JavaScript; each time for another region.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from PIL import Image
from pillow_heif import register_heif_opener
from playwright.sync_api import Browser, Page, expect

from subscribers.core.addresses import wire
from tests.journeys.conftest import IPHONE, House, person_at, words_of
from tests.journeys.hands import Hand, Keyboard, Pointer, ways

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: A lead's letter goes at once: what can be regretted is walked with the officer.
SETTINGS = {"SEND_GRACE_MINUTES": "0", "SEND_HEAD_START_MINUTES": "0"}

Picture = Callable[[Page, str], None]


@dataclass(frozen=True)
class Lead:
    """Somebody who leads a region, the place that they write about, and how they use their telephone."""

    name: str
    region: str
    place: str
    hand: Hand
    script: bool = True


LEADS = (
    Lead("Pål Kristiansson", "Skåne", "Brösarp", Pointer()),
    Lead("Aino Kangas", "Norra", "Vuollerim", Keyboard()),
    Lead("Yasmin Haddad", "Stockholm/Gotland", "Hemse", Pointer(), script=False),
)


@pytest.fixture(scope="module")
def asked(house: House, browser: Browser) -> str:
    """The officer sends the regions their question, and lets letters go at all hours; the issue's address."""
    with browser.new_context(locale="sv-SE") as context:
        page = context.new_page()
        house.enter(page, "Ebba Norrfors")
        page.goto(f"{house.web}/nummer/nytt")
        page.get_by_label("Titel").fill("Marsnumret")
        page.get_by_label("Sista dag").or_(page.get_by_label(re.compile("texter", re.IGNORECASE))).first.fill(
            (date.today() + timedelta(days=12)).isoformat()  # noqa: DTZ011 - the day of whoever runs the tests
        )
        page.get_by_role("button", name="Gör numret").click()
        issue = page.url.partition("?")[0]
        page.goto(f"{issue}/inslag")
        page.get_by_role("button", name="Be om inslag").click()
        page.goto(f"{house.web}/brevregler")
        page.get_by_label("Från", exact=True).fill("00:00")
        page.get_by_label("Till", exact=True).fill("00:00")
        page.get_by_role("button", name="Spara", exact=True).first.click()
        return issue


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as a telephone takes it."""
    register_heif_opener()
    content = io.BytesIO()
    Image.new("RGB", (3024, 4032), "#55703a").save(content, "HEIF")
    (tmp_path / "IMG_0007.HEIC").write_bytes(content.getvalue())
    return tmp_path / "IMG_0007.HEIC"


@pytest.fixture(params=ways(LEADS), ids=lambda lead: lead.region)
def walker(request: pytest.FixtureRequest, browser: Browser, house: House) -> Iterator[tuple[Lead, Page]]:
    """A lead, in front of a telephone."""
    lead: Lead = request.param
    with person_at(browser, {**IPHONE, "java_script_enabled": lead.script}) as page:
        yield lead, page


def test_a_lead_hands_in_the_regions_block_by_the_link_in_the_mail(
    house: House, asked: str, walker: tuple[Lead, Page], photo: Path, picture: Picture, desk: Page
) -> None:
    lead, page = walker
    hand, title = lead.hand, f"Ympträff i {lead.place}"
    mail = house.letter("Ditt inslag till", to=house.address_of(lead.name))
    [link] = re.findall(r"http://\S+/inslag/\S+", words_of(mail))

    page.goto(link)
    picture(page, "inslag-lank")
    hand.press(page.get_by_role("button", name="Öppna inslaget"))
    hand.write(page.get_by_label("Rubrik"), title)
    hand.write(page.get_by_label("Text", exact=True), f"Vi ses i {lead.place} på lördag.\n\n- Kaffe\n- Kniv")
    page.get_by_label("Från telefonen eller datorn").set_input_files(photo)
    hand.write(page.get_by_label("Vad bilden visar, för den som inte ser den"), "Grenar i en hink")
    picture(page, "inslag-skriv")
    hand.press(page.get_by_role("button", name="Spara och titta"))
    letter = page.frame_locator("iframe")
    expect(letter.get_by_role("heading", name=title)).to_be_visible()
    expect(letter.get_by_role("img", name="Grenar i en hink")).to_be_visible()
    picture(page, "inslag-titta")
    # An emulated tap may go to the letter's frame, which is scrolled away above.
    page.get_by_role("button", name="Lämna in").press("Enter")
    expect(page.get_by_text("Inlämnat. Tack!")).to_be_visible()

    house.enter(desk, "Ebba Norrfors")
    desk.goto(f"{asked}/inslag")
    row = desk.get_by_role("listitem").filter(has_text=lead.region).first
    expect(row.get_by_text("inlämnat", exact=True)).to_be_visible()
    picture(desk, "regionernas-inslag")
    for other in LEADS:
        desk.goto(f"{asked}?version={SLUGS[other.region]}")
        count = 1 if other is lead else 0
        expect(desk.frame_locator("iframe").get_by_text(f"Vi ses i {lead.place}")).to_have_count(count)


SLUGS = {"Skåne": "skane", "Norra": "norra", "Stockholm/Gotland": "stockholm-gotland"}


def test_a_lead_writes_to_the_own_members_and_to_nobody_else(
    house: House, asked: str, walker: tuple[Lead, Page], picture: Picture
) -> None:
    lead, page = walker
    hand, subject = lead.hand, f"Snart ses vi i {lead.place}"
    house.enter(page, lead.name)
    picture(page, "regionansvarig-start")
    hand.press(page.get_by_role("link", name="Skriv ett brev till dina medlemmar"))
    hand.write(page.get_by_label("Ämne"), subject)
    hand.write(page.get_by_label("Text", exact=True), f"Ta bussen till {lead.place}.")
    picture(page, "brev-skriv")
    hand.press(page.get_by_role("button", name="Spara och titta"))
    expect(page.frame_locator("iframe").get_by_text(f"Ta bussen till {lead.place}.")).to_be_visible()
    page.get_by_role("link", name="Fortsätt till Skicka").press("Enter")
    expect(page.get_by_text(f"medlemmar i {lead.region}").first).to_be_visible()
    picture(page, "brev-skicka")
    hand.press(page.get_by_role("button", name="Skicka brevet"))
    expect(page.get_by_role("heading", level=1, name=subject)).to_be_visible()
    page.goto(f"{house.web}/min-region")
    picture(page, "min-region")
    house.letter(subject)
    got = {to for to, letter in house.letters() if str(letter["Subject"]) == subject}
    assert got
    assert got <= {wire(address) for address in house.addresses_in(SLUGS[lead.region])}
