"""A month of the officer: articles, issue, review, a send that is regretted, progress, correction, report.

Once with a pointer, once with nothing but a keyboard.
"""

import re
from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import House, words_of
from tests.journeys.hands import Hand, Keyboard, Pointer, ways

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Picture = Callable[[Page, str], None]

#: What the officer writes: (title, lead, text, regions).
ARTICLES = (
    (
        "Ympkurs i februari",
        "Två kvällar om ympning.",
        "Vi ympar Gravensteiner och Åkerö.\n\n- Ta med kniv\n- Klä dig varmt",
        (),
    ),
    ("Mustträff i Kivik", "Sydvästens egen dag.", "Vi pressar must i **Kivik** den 3 februari.", ("Skåne",)),
    ("Plantera rätt", "", "Gropen ska vara dubbelt så bred som klumpen.", ()),
)


@pytest.mark.parametrize("hand", ways([Pointer(), Keyboard()]), ids=lambda hand: type(hand).__name__)
def test_a_month_from_the_first_article_to_the_report(
    house: House, desk: Page, browser: Browser, picture: Picture, hand: Hand
) -> None:
    house.enter(desk, "Ebba Norrfors")
    picture(desk, "start")
    month = "Januari" if isinstance(hand, Pointer) else "Februari"

    for title, lead, text, regions in ARTICLES:
        write_an_article(house, desk, hand, f"{title} ({month})", lead, text, regions)
    picture(desk, "artikel")
    issue = put_together(house, desk, hand, month, picture)
    try_a_letter(house, desk, hand, issue, month)
    have_it_reviewed(house, desk, hand, browser, issue, month, picture)
    send_and_regret(house, desk, hand, issue, picture)
    send(house, desk, hand, issue, picture)
    nobody_is_lost_and_nobody_gets_two(house, month)
    correct(house, desk, hand, issue, month, picture)
    read_the_report(house, desk, hand, picture)


def write_an_article(
    house: House, page: Page, hand: Hand, title: str, lead: str, text: str, regions: tuple[str, ...]
) -> None:
    page.goto(f"{house.web}/artiklar/ny")
    hand.write(page.get_by_label("Rubrik"), title)
    if lead:
        hand.write(page.get_by_label("Ingress"), lead)
    hand.write(page.get_by_label("Text", exact=True), text)
    for region in regions:
        hand.tick(page.get_by_label(region, exact=True))
    hand.press(page.get_by_role("button", name="Spara", exact=True))
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def put_together(house: House, page: Page, hand: Hand, month: str, picture: Picture) -> str:
    """Make an issue of the articles; return its address."""
    page.goto(f"{house.web}/nummer/nytt")
    hand.write(page.get_by_label("Titel"), f"{month}numret")
    hand.write(page.get_by_label("Ämnesrad"), f"{month}: ympkurs och must")
    hand.press(page.get_by_role("button", name="Gör numret"))
    expect(page.get_by_text("Lägg till det första inslaget")).to_be_visible()
    issue = page.url.partition("?")[0]
    for title, *_ in ARTICLES:
        hand.press(page.get_by_role("button", name=re.compile(f"Lägg till.*{title}.*{month}")))
        expect(page.get_by_role("heading", level=4, name=f"{title} ({month})")).to_be_visible()
    hand.press(page.get_by_label(f"Flytta upp ”Plantera rätt ({month})”"))
    expect(page.locator(".item h4").nth(1)).to_have_text(f"Plantera rätt ({month})")
    hand.press(page.get_by_role("button", name="Ångra"))
    expect(page.locator(".item h4").nth(2)).to_have_text(f"Plantera rätt ({month})")
    page.goto(f"{issue}?version=skane")
    expect(page.frame_locator("iframe").get_by_text("Vi pressar must").first).to_be_visible()
    picture(page, "nummer")
    page.goto(f"{issue}?version=norra")
    expect(page.frame_locator("iframe").get_by_text("Vi ympar Gravensteiner").first).to_be_visible()
    expect(page.frame_locator("iframe").get_by_text("Vi pressar must")).to_have_count(0)
    return issue


def try_a_letter(house: House, page: Page, hand: Hand, issue: str, month: str) -> None:
    page.goto(issue)
    hand.press(page.get_by_role("link", name="Skicka provbrev"))
    hand.tick(page.get_by_label("Skåne", exact=True))
    hand.press(page.get_by_role("button", name="Skicka prov"))
    expect(page.get_by_text("Provbreven är på väg.")).to_be_visible()
    trial = house.letter(f"[PROV Skåne] {month}")
    assert "Vi pressar must" in words_of(trial)
    assert trial["List-Unsubscribe"] is None


def have_it_reviewed(
    house: House, page: Page, hand: Hand, browser: Browser, issue: str, month: str, picture: Picture
) -> None:
    page.goto(issue)
    hand.press(page.get_by_role("link", name="Granskning"))
    name = page.locator("main .kicker").inner_text()  # which tells its letters from those of other months
    hand.write(page.get_by_label("Någon annan"), "Yasmin Haddad")
    hand.press(page.get_by_role("button", name="Sök"))
    hand.tick(page.get_by_label("Yasmin Haddad").first)
    hand.write(page.get_by_label("Några ord till granskaren"), "Stämmer datumet i Kivik?")
    hand.press(page.get_by_role("button", name="Skicka på granskning"))
    expect(page.get_by_text("Granskaren får ett brev med en länk.")).to_be_visible()

    [link] = re.findall(r"http://\S+/granska/\S+", words_of(house.letter(f"Granska {name}")))
    with browser.new_context(viewport={"width": 1280, "height": 860}, locale="sv-SE") as elsewhere:
        theirs = elsewhere.new_page()
        theirs.goto(link)
        expect(theirs.get_by_text("Stämmer datumet i Kivik?")).to_be_visible()
        picture(theirs, "granska")
        piece = theirs.locator(".piece", has_text="Mustträff").first
        hand.open(piece.get_by_text("Kommentera"))
        hand.write(piece.get_by_label("Vad behöver ändras?"), "Det är den 10 februari.")
        hand.press(piece.get_by_role("button", name="Spara kommentaren"))
        expect(theirs.get_by_text("Kommentaren är sparad.")).to_be_visible()
        hand.press(theirs.get_by_role("button", name="Godkänn hela numret"))
        expect(theirs.get_by_text("Numret är godkänt.")).to_be_visible()

        change(
            house, page, hand, f"Mustträff i Kivik ({month})", "Vi pressar must i **Kivik** den 10 februari."
        )
        page.goto(f"{issue}/granskning")
        expect(page.get_by_text("En del väntar på ett ja.")).to_be_visible()
        picture(page, "granskning")
        hand.press(page.get_by_role("button", name="Skicka på granskning"))
        assert house.letter(f"Granska {name}")
        theirs.goto(link)
        expect(theirs.locator("ins", has_text="10")).to_be_visible()
        hand.press(theirs.get_by_role("button", name="Godkänn hela numret"))
        expect(theirs.get_by_text("Allt är godkänt.")).to_be_visible()


def change(house: House, page: Page, hand: Hand, title: str, text: str) -> None:
    page.goto(f"{house.web}/artiklar")
    hand.write(page.get_by_role("searchbox").first, title)
    page.keyboard.press("Enter")
    hand.press(page.get_by_role("link", name=title).first)
    hand.write(page.get_by_label("Text", exact=True), text)
    hand.press(page.get_by_role("button", name="Spara", exact=True))
    expect(page.get_by_role("status").first).to_be_visible()


def send_and_regret(house: House, page: Page, hand: Hand, issue: str, picture: Picture) -> None:
    page.goto(f"{issue}/schemalagg")
    expect(page.get_by_text("Allt är godkänt, som det står nu.")).to_be_visible()
    picture(page, "schemalagg")
    hand.press(page.get_by_role("button", name="Skicka nu"))
    hand.press(page.get_by_role("button", name="Ångra utskicket"))
    expect(page.get_by_role("link", name="Schemalägg")).to_be_visible()


def send(house: House, page: Page, hand: Hand, issue: str, picture: Picture) -> None:
    page.goto(f"{issue}/schemalagg")
    hand.open(page.get_by_text("Hoppa över väntan", exact=True))
    hand.tick(page.get_by_label("Hoppa över väntan då utskicket kan ångras"))
    hand.tick(page.get_by_label("Låt alla få det samtidigt"))
    hand.write(page.get_by_label("Varför hoppas det över?"), "Resan genom en månad")
    hand.press(page.get_by_role("button", name="Skicka nu"))
    expect(page.get_by_text("Klart. Inget brev är på väg.")).to_be_visible(timeout=90_000)
    picture(page, "utskick")


def nobody_is_lost_and_nobody_gets_two(house: House, month: str) -> None:
    got = Counter(to for to, letter in house.letters() if str(letter["Subject"]).startswith(f"{month}: "))
    assert len(got) >= 370
    assert set(got.values()) == {1}


def correct(house: House, page: Page, hand: Hand, issue: str, month: str, picture: Picture) -> None:
    number = issue.rpartition("/")[2]
    page.goto(f"{house.web}/utskick/{number}/ratta")
    hand.tick(page.get_by_label(re.compile("^Skåne")).first)
    hand.write(page.get_by_label("Ämnesrad"), f"Rättelse {month}: det är i Brösarp")
    hand.write(page.get_by_label("Vad som blev fel, och vad som gäller"), "Vi ses i Brösarp, inte i Kivik.")
    picture(page, "ratta")
    hand.press(page.get_by_role("button", name="Skriv rättelsen"))
    hand.open(page.get_by_text("Hoppa över väntan", exact=True))
    hand.tick(page.get_by_label("Hoppa över väntan då utskicket kan ångras"))
    hand.tick(page.get_by_label("Låt alla få det samtidigt"))
    hand.write(page.get_by_label("Varför hoppas det över?"), "Fel plats")
    hand.press(page.get_by_role("button", name="Skicka nu"))
    house.letter(f"Rättelse {month}")
    expect(page.get_by_text("Klart. Inget brev är på väg.")).to_be_visible(timeout=60_000)
    letters = house.letters()
    faulty = {
        to
        for to, letter in letters
        if str(letter["Subject"]).startswith(f"{month}: ") and "Kivik" in words_of(letter)
    }
    corrected = Counter(
        to for to, letter in letters if str(letter["Subject"]).startswith(f"Rättelse {month}")
    )
    assert set(corrected) == faulty
    assert set(corrected.values()) == {1}


def read_the_report(house: House, page: Page, hand: Hand, picture: Picture) -> None:
    page.goto(f"{house.web}/rapporter")
    picture(page, "rapporter")
    expect(page.get_by_role("table").first).to_be_visible()
    page.goto(house.web)
    expect(page.get_by_text("Vi mäter inte vem som öppnar breven.")).to_be_visible()
