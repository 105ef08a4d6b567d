"""How an issue is looked at stands in the address."""

from newsletter.web.looks import Look, carried, number, read


def test_a_look_comes_back_from_its_own_address() -> None:
    look = Look("skane", 7, "en", "desktop", "dark", "text")

    assert carried(look.address()) == look
    assert read({}) == Look()
    assert Look().address() == ""


def test_some_of_a_look_can_be_changed() -> None:
    assert Look("skane", scheme="dark").address(region="") == "?lage=dark"


def test_only_a_number_is_an_id() -> None:
    assert [number(text) for text in ("7", "0", "-1", "x", "٣", "9" * 20, "")] == [7, *[None] * 6]
