"""A row of a register is known again as the person it is, or is somebody new, and never both."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from subscribers.core.addresses import parse
from subscribers.core.fields import Field
from subscribers.core.importing import RegisterAddress, RegisterRow, Weight
from subscribers.core.matching import make_plan
from subscribers.core.plans import PREFERRED, Block, Conflict, Gone, KnownPerson, Plan, Word, column_of
from subscribers.core.regions import Gazetteer
from subscribers.services import regions

KNOWN = Gazetteer(regions.region_facts(), regions.county_facts(), regions.municipality_facts())
TODAY = date(2030, 3, 1)
LUND, LULEA = "1281", "2580"
NEWSLETTER = 1
ANNAS_WORD = Word("member", "", datetime(2030, 2, 1, tzinfo=UTC))

ANNA = KnownPerson(
    id=1,
    given_name="Anna",
    family_name="Öberg",
    language="sv",
    member_number="17",
    member_since=date(2020, 1, 1),
    member_until=None,
    workplace="",
    municipality_code=LUND,
    region_slug="skane",
    addresses=frozenset({"anna@lund.example"}),
    declined=frozenset(),
)
BO = ANNA._replace(
    id=2,
    given_name="Bo",
    family_name="Ek",
    member_number=None,
    addresses=frozenset({"bo@lund.example"}),
    declined=frozenset({NEWSLETTER}),
)
NAMELESS = ANNA._replace(
    id=3,
    given_name="",
    family_name="",
    member_number=None,
    member_since=None,
    municipality_code=None,
    region_slug=None,
    addresses=frozenset({"info@lund.example"}),
)


def row(number: str | None, name: str, *addresses: str, at: int = 2, **facts: object) -> RegisterRow:
    given, _, family = name.partition(" ")
    empty = RegisterRow(
        row=at,
        member_number=number,
        given_name=given,
        family_name=family,
        addresses=tuple(RegisterAddress(parse(a), "other") for a in addresses),
        municipality_code=None,
        region=None,
        workplace="",
        language=None,
        member_since=None,
        member_until=None,
    )
    return replace(empty, **facts)  # type: ignore[arg-type]


def plan(
    *rows: RegisterRow,
    known: tuple[KnownPerson, ...] = (ANNA, BO),
    suppressed: str = "",
    said_here: tuple[str, ...] = (),
    take: tuple[int, str] | None = None,
    complete: bool = False,
) -> Plan:
    return make_plan(
        rows,
        known,
        suppressed=frozenset(suppressed.split()),
        places=KNOWN,
        today=TODAY,
        said_here={ANNA.id: dict.fromkeys(said_here, ANNAS_WORD)},
        take_file=frozenset([take] if take else []),
        complete=complete,
    )


@pytest.mark.parametrize(
    "known_row",
    [
        row("17", "Anna Öberg", "anna@lund.example"),
        row("17", ""),
        row("17", "ANNA Öberg", given_name="Anna"),
        row(None, "anna öberg", "Anna@LUND.example", given_name="Anna", family_name="Öberg"),
        row(None, "", "anna@lund.example"),
        row(None, "Bo Ek", "bo@lund.example"),
    ],
)
def test_somebody_known_is_known_again_and_nothing_changes(known_row: RegisterRow) -> None:
    decided = plan(known_row)

    assert (decided.new, decided.changes, decided.problems) == ([], [], [])
    assert decided.unchanged == 1


@pytest.mark.parametrize(
    "new_row",
    [
        row("18", "Cia Ås", "cia@lund.example"),
        row("18", "Anna Öberg", "anna@lund.example"),  # mother and daughter
        row(None, "Anna Öberg", "annan@lund.example"),
        row(None, "Anna Öberg"),
        row("18", "Anna Öberg"),
    ],
)
def test_somebody_else_is_new(new_row: RegisterRow) -> None:
    decided = plan(new_row)

    assert [enrolment.row for enrolment in decided.new] == [new_row]
    assert decided.changes == []


def test_what_the_file_says_is_taken_over_and_what_it_leaves_empty_stays() -> None:
    [change] = plan(
        row(
            "17",
            " Åberg",
            given_name="",
            municipality_code=LULEA,
            workplace="Växthuset",
            member_until=date(2030, 12, 31),
        )
    ).changes

    assert change.subscriber_id == ANNA.id
    assert change.values == {
        "family_name": "Åberg",
        "sort_key": "zbberg00anna",
        "municipality_code": LULEA,
        "region_slug": "norra",
        "workplace": "Växthuset",
        "member_until": date(2030, 12, 31),
    }
    assert not change.becomes_member


def test_a_person_placed_by_hand_stays_where_they_were_placed() -> None:
    by_hand = ANNA._replace(region_slug="norra", placed_by_hand=True)

    assert plan(row("17", "Anna Öberg", municipality_code=LUND), known=(by_hand,)).unchanged == 1
    [change] = plan(row("17", "Anna Öberg", municipality_code=LULEA), known=(by_hand,)).changes
    assert change.values == {"municipality_code": LULEA}


def test_a_region_is_taken_over_where_no_municipality_is_known() -> None:
    nowhere = ANNA._replace(municipality_code=None, region_slug=None)

    assert plan(row("17", "", region="norra"), known=(nowhere,)).changes[0].values == {"region_slug": "norra"}
    assert plan(row("17", "", region="norra"), known=(ANNA,)).unchanged == 1


def test_a_new_main_address_is_preferred_from_now_on() -> None:
    [change] = plan(row("17", "Anna Öberg", "ny@lund.example", "anna@lund.example")).changes

    assert [a.address.canonical for a in change.new_addresses] == ["ny@lund.example"]
    assert change.prefer_first


def test_a_new_second_address_is_not() -> None:
    [change] = plan(row("17", "Anna Öberg", "anna@lund.example", "hem@lund.example")).changes

    assert not change.prefer_first


def test_a_number_is_adopted_by_the_person_it_was_missing_for() -> None:
    [change] = plan(row("18", "Bo Ek", "bo@lund.example")).changes

    assert change.subscriber_id == BO.id
    assert change.values == {"member_number": "18"}


def test_a_subscriber_without_a_name_gets_one_and_becomes_a_member_today() -> None:
    [change] = plan(row("18", "Cia Ås", "info@lund.example"), known=(ANNA, NAMELESS)).changes

    assert change.subscriber_id == NAMELESS.id
    assert change.becomes_member
    assert change.values["member_since"] == TODAY
    assert change.values["given_name"] == "Cia"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (row("17", "Anna Öberg"), row(None, "Anna Öberg", "anna@lund.example", at=3)),
        (row("18", "Cia Ås"), row("18", "Cia Ås", at=3)),
        (row(None, "Cia Ås", "c@x.example"), row(None, "cia ås", "C@x.example", at=3)),
        (row(None, "Cia Ås"), row(None, "Cia Ås", at=3)),
    ],
)
def test_somebody_who_stands_twice_in_the_file_is_taken_once(first: RegisterRow, second: RegisterRow) -> None:
    decided = plan(first, second)

    assert len(decided.new) + decided.unchanged == 1
    [problem] = decided.problems
    assert (problem.row, problem.weight) == (3, Weight.ROW_SKIPPED)
    assert "rad 2" in problem.why.format(**problem.facts)


def test_a_row_that_may_be_two_people_is_not_guessed() -> None:
    twin = ANNA._replace(id=4, member_number="18")

    [problem] = plan(row(None, "Anna Öberg", "anna@lund.example"), known=(ANNA, twin)).problems

    assert problem.weight is Weight.ROW_SKIPPED
    assert "Flera personer" in problem.why


def test_a_number_that_belongs_to_somebody_else_entirely_changes_nobody() -> None:
    decided = plan(row("17", "Cia Ås", "cia@lund.example"))

    assert decided.changes == []
    assert decided.new == []
    [problem] = decided.problems
    assert "Medlemsnummer 17 tillhör Anna Öberg" in problem.why.format(**problem.facts)


def test_a_new_number_alone_is_nobody() -> None:
    decided = plan(row("99", "", municipality_code=LUND))

    assert decided.new == []
    assert [p.weight for p in decided.problems] == [Weight.ROW_SKIPPED]


def test_somebody_new_at_an_address_that_said_no_is_not_written_to() -> None:
    """An unsubscription always wins over a file, also when the name is spelt another way."""
    decided = plan(row(None, "Boo Ek", "bo@lund.example"))

    [enrolment] = decided.new
    assert enrolment.declined == {NEWSLETTER}
    [problem] = decided.problems
    assert (problem.weight, decided.kept_silent) == (Weight.LOOK, 1)
    assert "tackat nej" in problem.why


def test_a_shared_address_is_pointed_out_when_it_becomes_shared() -> None:
    decided = plan(row("18", "Cia Ås", "anna@lund.example"), row("19", "Dan Ås", "dan@x.example", at=3))

    assert [(p.row, p.weight) for p in decided.problems] == [(2, Weight.LOOK)]


def test_people_who_stay_silent_are_counted() -> None:
    assert plan(row(None, "Bo Ek", "bo@lund.example")).kept_silent == 1
    assert plan(row("17", "Anna Öberg"), suppressed="anna@lund.example").kept_silent == 1
    assert plan(row("17", "Anna Öberg", "ny@x.example"), suppressed="anna@lund.example").kept_silent == 0
    assert plan(row("18", "Cia Ås", "cia@x.example"), suppressed="cia@x.example").kept_silent == 1
    assert plan(row("18", "Cia Ås")).kept_silent == 0


def test_a_file_does_not_overwrite_what_a_member_has_said_since() -> None:
    married = row("17", "Anna Ek", workplace="Växthuset")

    decided = plan(married, said_here=("family_name",))

    [change] = decided.changes
    assert change.values == {"workplace": "Växthuset"}
    assert decided.conflicts == [
        Conflict(
            row=2,
            subscriber_id=1,
            name="Anna Öberg",
            column="family_name",
            here="Öberg",
            in_file="Ek",
            word=ANNAS_WORD,
        )
    ]


def test_a_conflict_can_be_decided_for_the_file_one_by_one() -> None:
    both = row("17", "Anna Ek", "anna@lund.example", given_name="Anja")

    decided = plan(both, said_here=("family_name", "given_name"), take=(2, "family_name"))

    assert decided.changes[0].values == {"family_name": "Ek", "sort_key": "ek00anna"}
    assert [c.column for c in decided.conflicts] == ["given_name"]


def test_a_file_that_agrees_with_the_member_is_no_conflict() -> None:
    decided = plan(row("17", "Anna Öberg"), said_here=("family_name", PREFERRED))

    assert (decided.unchanged, decided.conflicts) == (1, [])


def test_a_region_stays_with_the_municipality_that_the_member_has_said() -> None:
    decided = plan(row("17", "Anna Öberg", municipality_code=LULEA), said_here=("municipality_code",))

    assert (decided.unchanged, len(decided.conflicts)) == (1, 1)


def test_an_address_that_the_member_has_chosen_is_not_exchanged_by_a_file() -> None:
    moved = row("17", "Anna Öberg", "ny@lund.example", "hem@lund.example")

    decided = plan(moved, said_here=(PREFERRED,))

    [change] = decided.changes
    assert ([a.address.written for a in change.new_addresses], change.prefer_first) == (
        ["hem@lund.example"],
        False,
    )
    assert [(c.column, c.in_file) for c in decided.conflicts] == [(PREFERRED, "ny@lund.example")]
    assert plan(moved, said_here=(PREFERRED,), take=(2, PREFERRED)).changes[0].prefer_first


def test_who_is_missing_from_a_complete_register_is_gone_and_from_another_is_not() -> None:
    left = ANNA._replace(id=5, member_number="5", member_until=date(2029, 12, 31))
    known = (ANNA, BO, left, NAMELESS)
    file = row("99", "Cia Ås", "cia@x.example")

    assert plan(file, known=known, complete=True).gone == [
        Gone(1, "Anna Öberg", "17"),
        Gone(2, "Bo Ek", None),
    ]
    assert plan(file, known=known).gone == []


def test_somebody_in_a_doubtful_row_is_not_gone() -> None:
    decided = plan(row("17", "Cia Ås", "cia@lund.example"), known=(ANNA,), complete=True)

    assert decided.gone == []
    assert [p.doubtful for p in decided.problems] == [True]


def test_a_known_number_with_a_new_address_is_pointed_out() -> None:
    [problem] = plan(row("17", "Anna Öberg", "ny@lund.example")).problems

    assert (problem.weight, problem.doubtful) == (Weight.LOOK, True)
    assert "ny@lund.example" in problem.why.format(**problem.facts)


def test_a_member_who_has_left_here_but_stands_in_the_file_is_pointed_out() -> None:
    left = ANNA._replace(member_until=date(2029, 12, 31))

    [problem] = plan(row("17", "Anna Öberg"), known=(left,)).problems

    assert "avslutat här sedan 2029-12-31" in problem.why.format(**problem.facts)
    assert plan(row("17", "", member_until=date(2031, 1, 1)), known=(left,)).problems == []


def test_each_who_stays_silent_is_named_with_the_reason() -> None:
    dead = ANNA._replace(deceased_on=date(2030, 1, 1))
    rows = (
        row("17", "Anna Öberg"),
        row(None, "Bo Ek", "bo@lund.example", at=3),
        row("9", "C Å", "c@x.se", at=4),
    )

    blocked = plan(*rows, known=(dead, BO), suppressed="c@x.se").blocked

    assert [(b.row, b.name, b.why) for b in blocked] == [
        (2, "Anna Öberg", Block.DECEASED),
        (3, "Bo Ek", Block.DECLINED),
        (4, "C Å", Block.SUPPRESSED),
    ]


def test_somebody_whom_the_file_calls_no_member_does_not_become_one() -> None:
    assert plan(row(None, "", "info@lund.example", member=False), known=(NAMELESS,)).unchanged == 1


def test_what_nobody_can_see_is_no_difference() -> None:
    spaced = ANNA._replace(workplace="Stora  huset\n")

    assert plan(row("17", "Anna Öberg", workplace="Stora huset"), known=(spaced,)).unchanged == 1


def test_every_field_goes_into_a_column() -> None:
    there = set(KnownPerson._fields) | {PREFERRED}

    assert {column_of(what) for what in Field} - there == {"name", "membership"}
