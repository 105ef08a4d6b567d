"""What each list is for, and on what ground we write: one table (GDPR 6(1); rules L1-L4).

purpose -> Ground            basis, who gets it, whether one can say no, and in words why
gets(purpose, member, said)  what follows for a person
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from subscribers.errors import mark


class Basis(enum.Enum):
    """A legal basis of GDPR 6(1)."""

    CONSENT = "consent"  # (a)
    CONTRACT = "contract"  # (b): the membership
    LEGITIMATE_INTEREST = "legitimate-interest"  # (f), which one may object to


@dataclass(frozen=True, slots=True)
class Ground:
    """On what ground a purpose's letters are written.

    ``members_only``: nobody else gets them. ``may_be_left``: a no stops them, at once and for good (rule L4).
    ``sentence`` is Swedish, and says what and why. ``rules`` are the rules that it answers to.
    ``may_be_public``: anybody may read them in an archive. That goes for what is written to whoever says yes:
    a region's letters, invitations and notices are written to people who are known, and may name them.
    """

    basis: Basis
    members_only: bool
    may_be_left: bool
    sentence: str
    rules: tuple[str, ...]
    may_be_public: bool = False


#: By the purpose's stored value.
GROUNDS: Mapping[str, Ground] = {
    "newsletter": Ground(
        Basis.CONSENT,
        members_only=False,
        may_be_left=True,
        sentence=mark(
            "Går till den som har sagt ja, som medlem eller utan att vara det. Ett nej gäller genast."
        ),
        rules=("L1", "L2", "L3", "L4"),
        may_be_public=True,
    ),
    "regional-letters": Ground(
        Basis.LEGITIMATE_INTEREST,
        members_only=False,
        may_be_left=True,
        sentence=mark(
            "Går till regionens medlemmar, som väntar sig att höra av sin region, och till den som har bett "
            "om dem. Den som säger nej slipper."
        ),
        rules=("L1", "L3", "L4"),
    ),
    "invitations": Ground(
        Basis.LEGITIMATE_INTEREST,
        members_only=False,
        may_be_left=True,
        sentence=mark(
            "Går till medlemmar och till den som har bett om dem. Säljs något räknas brevet som reklam, "
            "och då krävs ett ja."
        ),
        rules=("L1", "L2", "L3", "L4"),
    ),
    "member-notices": Ground(
        Basis.CONTRACT,
        members_only=True,
        may_be_left=False,
        sentence=mark(
            "Kallelser och annat som hör till medlemskapet. Går till alla medlemmar, vad de än har sagt nej "
            "till, och får inte innehålla reklam."
        ),
        rules=("L1",),
    ),
}


def gets(purpose: str, *, is_member: bool, said: bool | None) -> bool:
    """Tell whether a person gets letters of a purpose, by membership and by what they have said.

    ``said`` is their last word to the list, None when they never said one. Addresses and suppressions are
    another matter. Raises ``KeyError`` for an unknown purpose.
    """
    ground = GROUNDS[purpose]
    if not ground.may_be_left:
        return is_member
    return said is True and (is_member or not ground.members_only)
