"""Who may do what, and where."""

import runpy

import pytest

from subscribers.core.authority import (
    ROLES,
    TABLE,
    Act,
    Allowed,
    Everything,
    Held,
    Refused,
    RoleName,
    SomeRegions,
    may,
    scope_of,
)
from tests.project import ROOT

LEAD_OF_SKANE = Held(RoleName.REGIONAL_LEAD, "skane")
LEAD_OF_VAST = Held(RoleName.REGIONAL_LEAD, "vast")


def test_a_lead_sees_the_people_of_their_own_region_and_no_others() -> None:
    assert may([LEAD_OF_SKANE], Act.SEE_PEOPLE, "skane") == Allowed(RoleName.REGIONAL_LEAD)
    assert isinstance(may([LEAD_OF_SKANE], Act.SEE_PEOPLE, "vast"), Refused)
    assert isinstance(may([LEAD_OF_SKANE], Act.SEE_PEOPLE, None), Refused)
    assert scope_of([LEAD_OF_SKANE, LEAD_OF_VAST]) == SomeRegions(frozenset({"skane", "vast"}))


def test_who_holds_no_role_may_do_nothing_and_sees_nobody() -> None:
    assert all(isinstance(may([], act, None), Refused) for act in Act)
    assert scope_of([]) == SomeRegions(frozenset())


@pytest.mark.parametrize("role", [RoleName.REVIEWER, RoleName.READER])
def test_who_reads_issues_or_the_log_sees_no_people(role: RoleName) -> None:
    assert scope_of([Held(role)]) == SomeRegions(frozenset())


def test_a_role_for_everyone_beside_a_regional_one_reaches_everyone() -> None:
    assert isinstance(scope_of([LEAD_OF_SKANE, Held(RoleName.TREASURER)]), Everything)


def test_only_an_administrator_gives_roles_and_no_administrator_sends() -> None:
    givers = [role for role in RoleName if isinstance(may([Held(role)], Act.GIVE_ROLES, None), Allowed)]

    assert givers == [RoleName.ADMINISTRATOR]
    assert isinstance(may([Held(RoleName.ADMINISTRATOR)], Act.SEND, None), Refused)


def test_a_lead_without_a_region_reaches_nothing() -> None:
    assert isinstance(may([Held(RoleName.REGIONAL_LEAD)], Act.SEE_PEOPLE, None), Refused)
    assert scope_of([Held(RoleName.REGIONAL_LEAD)]) == SomeRegions(frozenset())


def test_the_table_has_every_act_and_every_role() -> None:
    assert set(TABLE) == set(Act)
    assert {len(reaches) for reaches in TABLE.values()} == {len(ROLES)}


def test_the_document_says_what_the_table_says() -> None:
    written = runpy.run_path(str(ROOT / "docs" / "authority.py"))["text"]()

    assert (ROOT / "docs" / "authority.md").read_text(encoding="utf-8") == written
