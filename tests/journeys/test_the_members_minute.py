"""A member behind the links of a letter: leave, regret, pause, and by a fresh link all that is theirs alone.

With a finger and with the keyboard, each with JavaScript and without it; each time as another member.
"""

import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import IPHONE, House, person_at, words_of
from tests.journeys.hands import Hand, Keyboard, Pointer, ways

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Picture = Callable[[Page, str], None]

WALKS = {
    "finger": (Pointer(), True),
    "keyboard": (Keyboard(), True),
    "finger without script": (Pointer(), False),
    "keyboard without script": (Keyboard(), False),
}


@pytest.fixture(params=ways(list(WALKS)))
def walk(request: pytest.FixtureRequest, browser: Browser, house: House) -> Iterator[tuple[int, Hand, Page]]:
    """A member with a telephone: which one, and how they use it."""
    hand, script = WALKS[request.param]
    with person_at(browser, {**IPHONE, "java_script_enabled": script}) as page:
        yield list(WALKS).index(request.param), hand, page


def a_letter_to_one_member(house: House, number: int) -> tuple[str, EmailMessage]:
    """Return one of the first issue's letters that greets a single person, and whom it was for."""
    letters = [
        (to, letter)
        for to, letter in house.letters()
        if letter["List-Unsubscribe"] and " och " not in str(letter["To"]) and "xn--" not in to
    ]
    return letters[20 + 7 * number]  # the first ones are to those who hold a role


def test_a_member_leaves_regrets_pauses_and_sees_what_is_theirs(
    house: House, walk: tuple[int, Hand, Page], picture: Picture
) -> None:
    number, hand, page = walk
    to, letter = a_letter_to_one_member(house, number)
    [leave] = set(re.findall(r"/u/[a-z2-7]+", words_of(letter)))

    leave_and_regret(house, page, hand, leave, to, picture)
    pause(house, page, hand, leave.replace("/u/", "/p/"), to, picture)
    new = f"ny{number}@annan.example"
    see_what_is_theirs(house, page, hand, to, picture)
    change_the_address(house, page, hand, to, new, picture)
    be_forgotten(house, page, hand, new)


def leave_and_regret(house: House, page: Page, hand: Hand, leave: str, to: str, picture: Picture) -> None:
    page.goto(house.web + leave)
    expect(page.get_by_text("Inget har ändrats än.")).to_be_visible()
    assert to not in page.content()  # the letter may have been passed on: the address is masked
    picture(page, "avsluta")
    hand.press(page.get_by_role("button", name="Sluta få Nyhetsbrevet"))
    expect(page.get_by_text("Du får inte Nyhetsbrevet längre.")).to_be_visible()
    note = house.letter("Du får inte Nyhetsbrevet längre", to=to)
    [undo] = set(re.findall(r"/u/[a-z2-7]+", words_of(note)))
    page.goto(house.web + undo)
    hand.press(page.get_by_role("button", name=re.compile("Börja få|ångrar")))
    expect(page.get_by_text("från och med nästa brev").first).to_be_visible()


def pause(house: House, page: Page, hand: Hand, choose: str, to: str, picture: Picture) -> None:
    page.goto(house.web + choose)
    item = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Nyhetsbrevet"))
    hand.open(item.locator("summary"))
    picture(page, "pausa")
    hand.tick(item.get_by_label(re.compile("3 månader")))
    hand.press(item.get_by_role("button", name="Pausa Nyhetsbrevet"))
    expect(page.get_by_text("Klart. Nyhetsbrevet är pausat.")).to_be_visible()
    assert house.letter("Nyhetsbrevet är pausat", to=to)


def see_what_is_theirs(house: House, page: Page, hand: Hand, to: str, picture: Picture) -> None:
    page.goto(f"{house.web}/mina-uppgifter")
    hand.write(page.get_by_label("E-postadressen som breven kommer till"), to)
    hand.press(page.get_by_role("button", name="Skicka en länk"))
    note = house.letter("", to=to, holding="/mina-uppgifter/")
    [link] = set(re.findall(r"http://\S+/mina-uppgifter/\S+", words_of(note)))
    page.goto(link)
    hand.press(page.get_by_role("button", name="Öppna mina uppgifter"))
    expect(page.get_by_role("heading", name="Dina rättigheter")).to_be_visible()
    picture(page, "mina-uppgifter")
    hand.press(page.get_by_role("link", name="Se allt vi vet om dig"))
    expect(page.get_by_text(to).first).to_be_visible()
    page.goto(f"{house.web}/mina-uppgifter/mig")


def change_the_address(house: House, page: Page, hand: Hand, to: str, new: str, picture: Picture) -> None:
    hand.write(page.get_by_label("Ny adress"), new)
    hand.press(page.get_by_role("button", name="Byt till den adressen"))
    note = house.letter("", to=new)
    [link] = set(re.findall(r"http://\S+/mina-uppgifter/\S+", words_of(note)))
    page.goto(link)
    hand.press(page.get_by_role("button", name="Ja, det är min adress"))
    expect(page.get_by_text("från och med nu.")).to_be_visible()
    told = house.letter("går till en ny adress", to=to)
    assert "ångra" in words_of(told).casefold()
    picture(page, "ny-adress")


def be_forgotten(house: House, page: Page, hand: Hand, address: str) -> None:
    page.goto(f"{house.web}/mina-uppgifter/mig")
    hand.press(page.get_by_role("link", name="Bli glömd"))
    hand.tick(page.get_by_label("Ja, radera allt om mig."))
    hand.press(page.get_by_role("button", name="Glöm mig"))
    expect(page.get_by_role("heading", name="Du är glömd")).to_be_visible()
    assert address not in house.all_addresses()
