"""Who sees what, and which variants that makes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.variants import COMMON, LONGEST_NAME, Placed, plan, visible

REGIONS = (("norra", "Norra"), ("skane", "Skåne"), ("vast", "Väst"))
SKANE = Audience.of(["skane"])


def test_an_issue_for_everyone_is_one_variant() -> None:
    (common,) = plan([Placed(1, EVERYONE), Placed(2, EVERYONE)], regions=REGIONS)

    assert (common.name, common.item_ids) == (COMMON, (1, 2))
    assert common.regions == ("", "norra", "skane", "vast")


def test_an_item_for_skane_appears_in_skanes_variant_only() -> None:
    planned = plan([Placed(1, EVERYONE), Placed(2, SKANE), Placed(3, EVERYONE)], regions=REGIONS)

    assert [(one.name, one.regions, one.item_ids) for one in planned] == [
        (COMMON, ("", "norra", "vast"), (1, 3)),
        ("Skåne", ("skane",), (1, 2, 3)),
    ]


def test_regions_that_see_the_same_share_a_variant_that_bears_their_names() -> None:
    planned = plan([Placed(1, EVERYONE), Placed(2, Audience.of(["vast", "skane"]))], regions=REGIONS)

    assert [one.name for one in planned] == [COMMON, "Skåne, Väst"]


def test_a_region_that_would_see_nothing_gets_no_variant() -> None:
    (only,) = plan([Placed(1, SKANE)], regions=REGIONS)

    assert (only.name, only.regions) == ("Skåne", ("skane",))
    assert plan([Placed(1, None)], regions=REGIONS) == ()
    assert plan([], regions=REGIONS) == ()


def test_a_letter_to_one_region_reaches_nobody_else() -> None:
    (only,) = plan([Placed(1, EVERYONE)], regions=REGIONS, reach=SKANE)

    assert (only.name, only.regions, only.item_ids) == ("Skåne", ("skane",), (1,))


def test_somebody_without_a_region_sees_what_is_for_everyone() -> None:
    assert visible([Placed(1, EVERYONE), Placed(2, SKANE), Placed(3, None)], "") == (1,)


def test_the_names_of_very_many_regions_are_shortened() -> None:
    regions = [(f"r{n}", f"En region med ett långt namn nummer {n}") for n in range(30)]

    (only,) = plan([Placed(1, Audience.of(slug for slug, _ in regions))], regions=regions)

    assert only.name == "En region med ett långt namn nummer 0 +29"
    assert len(only.name) <= LONGEST_NAME


AUDIENCES = st.one_of(
    st.none(),
    st.just(EVERYONE),
    st.sets(st.sampled_from([slug for slug, _ in REGIONS]), min_size=1).map(Audience.of),
)


@given(st.lists(AUDIENCES, max_size=6), st.one_of(st.just(EVERYONE), AUDIENCES.filter(bool)))
def test_every_region_is_in_one_variant_at_most_and_sees_exactly_its_items(
    audiences: list[Audience | None], reach: Audience
) -> None:
    items = [Placed(number, audience) for number, audience in enumerate(audiences)]
    planned = plan(items, regions=REGIONS, reach=reach)

    placed = [slug for one in planned for slug in one.regions]
    assert len(placed) == len(set(placed))
    assert len({one.name for one in planned}) == len(planned)
    assert len({one.item_ids for one in planned}) == len(planned)
    for slug in ("", "norra", "skane", "vast"):
        should_see = visible(items, slug) if reach.sees(slug or None) else ()
        sees = next((one.item_ids for one in planned if slug in one.regions), ())
        assert sees == should_see


@pytest.mark.parametrize("slug", ["norra", "vast", ""])
def test_nobody_else_sees_what_is_for_skane(slug: str) -> None:
    assert visible([Placed(1, SKANE)], slug) == ()
