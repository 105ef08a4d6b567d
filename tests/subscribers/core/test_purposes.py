"""What a person gets follows from membership and from what they have said."""

import pytest

from subscribers.core.purposes import GROUNDS, Basis, gets
from subscribers.models import ListPurpose


def test_every_list_has_a_legal_basis_and_rules() -> None:
    """L1: purpose and basis for each kind of letter."""
    assert set(GROUNDS) == {purpose.value for purpose in ListPurpose}
    assert all(ground.rules and ground.sentence for ground in GROUNDS.values())


@pytest.mark.parametrize("purpose", sorted(GROUNDS))
@pytest.mark.parametrize("is_member", [True, False])
def test_a_no_stops_all_letters_but_member_notices(purpose: str, is_member: bool) -> None:
    """L4: the right to object is absolute; L2 and L3: it can always be said."""
    assert gets(purpose, is_member=is_member, said=False) is (purpose == "member-notices" and is_member)


def test_a_member_who_never_said_anything_gets_member_notices_only() -> None:
    assert [p for p in GROUNDS if gets(p, is_member=True, said=None)] == ["member-notices"]


def test_somebody_who_is_no_member_gets_what_they_asked_for_and_no_member_notices() -> None:
    got = {p for p in GROUNDS if gets(p, is_member=False, said=True)}
    assert got == set(GROUNDS) - {"member-notices"}


def test_only_what_goes_out_by_consent_asks_for_a_yes_first() -> None:
    """L2."""
    assert [p for p, ground in GROUNDS.items() if ground.basis is Basis.CONSENT] == ["newsletter"]
