"""Titles are told from subheads by adding up evidence."""

import time

import pytest

from newsletter.core.outlines import Section, split

NEWS = {"words": 7, "paragraphs": 3, "length": 150, "is_clause": True}
TOPIC = {"words": 1, "paragraphs": 1, "length": 60}


def section(**facts: object) -> Section:
    return Section(**{"words": 4, "paragraphs": 2, "length": 100, **facts})  # type: ignore[arg-type]


def test_nothing_is_split_into_nothing() -> None:
    assert split([]) == []


def test_the_first_heading_always_opens_an_article() -> None:
    assert split([section(**TOPIC)]) == [True]


def test_headlines_that_tell_news_open_articles() -> None:
    assert split([section(**NEWS)] * 4) == [True] * 4


def test_short_subjects_after_an_introduction_are_subheads() -> None:
    intro = section(words=6, paragraphs=1, length=40)

    assert split([intro, *[section(**TOPIC)] * 4]) == [True, False, False, False, False]


def test_an_introduction_leads_to_several_parts_and_the_last_of_short_notices_is_a_notice() -> None:
    feature = section(words=5, paragraphs=4, length=200)
    notice = section(words=4, paragraphs=1, length=35)
    signed = {"closing": 5.0}
    first = section(words=4, paragraphs=1, length=35, **signed)

    assert split([feature, first, notice]) == [True, True, True]
    assert split([feature, first, notice, notice, notice]) == [True, True, False, False, False]


def test_what_short_notices_are_called_tells_them_from_subheads() -> None:
    notice = {"words": 3, "paragraphs": 1, "length": 35}
    two = [section(**notice), section(**notice)]

    assert split([section(**notice), section(**notice, is_news=True), *two])[1]
    assert not split([section(**notice), section(**notice), *two])[1]


def test_after_a_signature_a_new_article_begins_however_short_its_title_is() -> None:
    signed = section(**TOPIC, closing=5.0)

    assert split([section(words=6, paragraphs=1, length=40), section(**TOPIC), signed]) == [True, False, True]


def test_a_kicker_below_a_heading_opens_an_article() -> None:
    intro = section(words=6, paragraphs=1, length=40)

    assert split([intro, section(**TOPIC, opening=4.0)]) == [True, True]


def test_what_the_lead_announces_is_a_subhead() -> None:
    lead = frozenset({"nära", "vård", "tillit"})
    intro = section(words=4, paragraphs=2, length=30, lead=lead, terms=lead)
    announced = [
        section(words=2, heading=frozenset({"nära", "vård"})),
        section(words=1, heading=frozenset({"tillit"})),
    ]

    assert split([intro, *announced]) == [True, False, False]


def test_questions_answered_in_dialogue_are_subheads_and_end_with_the_interview() -> None:
    asked = section(words=6, is_question=True, is_answered=True)

    assert split([section(**NEWS), asked, asked, asked, section(words=4)]) == [
        True,
        False,
        False,
        False,
        True,
    ]


def test_two_levels_of_style_say_it_outright() -> None:
    ranks = [1, 2, 2, 1, 2, 1]

    assert split([section(**NEWS, rank=rank) for rank in ranks]) == [rank == 1 for rank in ranks]


def test_sections_that_share_rare_words_with_the_article_stay_in_it() -> None:
    def about(*words: str) -> Section:
        return section(paragraphs=1, terms=frozenset(words) | {"förening"})

    alike = [about("spån", "tak", "kvarn"), about("spån", "tak", "hyvel"), about("kvarn", "spån", "hyvel")]
    others = [about("brev", "amerika"), about("kaffe", "bulle")]

    assert split([*alike, *others])[:3] == [True, False, False]


def test_a_persons_word_outweighs_all_evidence() -> None:
    said = [True, False, True, False]
    facts = [section(**NEWS, closing=5.0, forced=word) for word in said]

    assert split(facts) == said


@pytest.mark.parametrize("count", [41, 200])
def test_a_person_may_give_an_article_more_subheads_than_would_be_looked_for(count: int) -> None:
    facts = [section(**NEWS, forced=place == 0) for place in range(count)]

    assert split(facts) == [True] + [False] * (count - 1)


def test_the_time_grows_with_the_number_of_headings_and_not_faster() -> None:
    def seconds(count: int) -> float:
        facts = [section(terms=frozenset({f"ord{n}", f"ord{n + 1}", "ord"})) for n in range(count)]
        started = time.perf_counter()
        split(facts)
        return time.perf_counter() - started

    assert seconds(8_000) < 12 * max(seconds(2_000), 0.1)
