"""A letter greets those who read it by the names they use."""

import pytest

from newsletter.core.greetings import called, greeting


@pytest.mark.parametrize(
    ("names", "swedish", "english"),
    [
        ([], "Hej!", "Hello,"),
        (["", "  "], "Hej!", "Hello,"),
        (["Anna"], "Hej Anna!", "Hi Anna,"),
        (["Anna", "Bo"], "Hej Anna och Bo!", "Hi Anna and Bo,"),
        (["Anna", "", "Bo", "Kim"], "Hej Anna, Bo och Kim!", "Hi Anna, Bo and Kim,"),
        ([" Anna  Karin "], "Hej Anna Karin!", "Hi Anna Karin,"),
    ],
)
def test_everyone_who_shares_an_address_is_greeted(names: list[str], swedish: str, english: str) -> None:
    assert greeting(names, "sv") == swedish
    assert greeting(names, "en") == english


def test_a_language_without_words_of_its_own_is_greeted_in_swedish() -> None:
    assert greeting(["Aino"], "fi") == "Hej Aino!"


def test_a_name_with_braces_is_only_a_name() -> None:
    assert greeting(["{names}", "{0}"]) == "Hej {names} och {0}!"


def test_anna_is_called_by_her_given_name_and_a_person_without_one_by_what_there_is() -> None:
    assert called("Anna", "Åkesson") == "Anna"
    assert called(" ", "Åkesson") == "Åkesson"
    assert called("", "") == ""
