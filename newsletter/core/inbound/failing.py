"""When an address that fails is written to no more: rules about values, carried out elsewhere.

    hard        for good, and because there is no such mailbox: the first one stops the address (rule D1)
    soft        full, not now, or nobody can say why: so many letters within so many days stop it
    unwelcome   policy, spam, size: never stops an address, for it says something of us; people are told

Three addresses of one domain that fail hard in one issue are another matter: a workplace has moved its mail.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from newsletter.core.inbound.bounces import Failure, kind_of
from newsletter.core.inbound.kinds import Kind
from newsletter.core.inbound.mail_providers import PROVIDERS
from newsletter.core.provider_codes import Slows, slows
from newsletter.core.replies import Meaning, Reply

#: So many addresses of one domain in one issue wait for a person's decision.
LEAST_OF_A_DOMAIN = 3

#: On fewer days than these, soft failures are one trouble that goes on, however many letters it strikes.
_LEAST_DAYS = 3

#: So many unwelcome letters, and somebody is asked to ring.
_UNWELCOME_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Rules:
    """How many letters must fail softly, and within how many days, before an address is stopped."""

    soft_bounces: int = 5
    soft_bounce_days: int = 60

    @property
    def window(self) -> timedelta:
        """How far back failures count."""
        return timedelta(days=self.soft_bounce_days)


#: What holds where nobody has set anything else.
USUAL = Rules()


@dataclass(frozen=True, slots=True)
class Failed:
    """One failure of an address: when (UTC), of which delivery, and what was said of it."""

    at: datetime
    letter: int | None
    kind: Kind
    permanent: bool
    status: str = ""
    diagnostic: str = ""


class Weight(Enum):
    """What a failure says of its address."""

    HARD = "hard"
    SOFT = "soft"
    UNWELCOME = "unwelcome"


class Verdict(Enum):
    """What follows for an address."""

    GONE = "gone"  # stop it: it does not exist
    FAILING = "failing"  # stop it: it has failed for long enough
    SHOWN = "shown"  # write to it, and let somebody ring
    NOTHING = "nothing"


def weight_of(failed: Failed) -> Weight:
    """Weigh one failure. 5.1.0 may as well mean the sender: there the words must say "no such user"."""
    if failed.kind in (Kind.POLICY, Kind.SIZE):
        return Weight.UNWELCOME
    if failed.kind is not Kind.ADDRESS or not failed.permanent:
        return Weight.SOFT
    if failed.status == "5.1.0" and kind_of(None, failed.diagnostic) is not Kind.ADDRESS:
        return Weight.SOFT
    return Weight.HARD


def verdict(failures: Sequence[Failed], *, rules: Rules, now: datetime) -> Verdict:
    """Judge an address by its failures, the latest of which has just happened.

    What is older than the window, and a report that comes twice for one letter, counts no more.
    """
    recent = [each for each in failures if each.at > now - rules.window]
    if any(weight_of(each) is Weight.HARD for each in recent):
        return Verdict.GONE
    soft = [each for each in recent if weight_of(each) is Weight.SOFT]
    if letters(soft) >= rules.soft_bounces and len({each.at.date() for each in soft}) >= _days(rules):
        return Verdict.FAILING
    unwelcome = [each for each in recent if weight_of(each) is Weight.UNWELCOME]
    return Verdict.SHOWN if letters(unwelcome) >= _UNWELCOME_LETTERS else Verdict.NOTHING


def letters(failures: Iterable[Failed]) -> int:
    """Count the letters that failed; where the letter is not known any more, each failure is one."""
    found = list(failures)
    known = {each.letter for each in found if each.letter is not None}
    return len(known) + sum(each.letter is None for each in found)


def _days(rules: Rules) -> int:
    return min(_LEAST_DAYS, rules.soft_bounces)


def may_move(domain: str) -> bool:
    """Tell whether a domain is somebody's own, whose addresses can all move at once: no mail provider's."""
    return domain not in PROVIDERS


def of_letter(failures: Sequence[Failure], canonical: str) -> Failure | None:
    """Choose what a report says of the letter's address; None where nothing failed.

    A report may name only where the address forwards to, or several such places: what fails there fails for
    the letter. The worst counts, but what is said of the address itself comes first.
    """
    own = [each for each in failures if each.recipient == canonical]
    return max(own or failures, key=lambda each: (each.permanent, each.kind is Kind.ADDRESS), default=None)


def refused(reply: Reply) -> Failure | None:
    """Read a server's "no" while we were sending as what a report would say.

    None where it said yes, and where it speaks of us as a sender: that says nothing of the address (P13).
    """
    if reply.meaning is Meaning.ACCEPTED or slows(reply) is not Slows.NOBODY:
        return None
    return Failure(
        recipient="",
        kind=kind_of(reply.enhanced, reply.text),
        permanent=reply.meaning is Meaning.PERMANENT,
        status=reply.enhanced,
        diagnostic=reply.line,
    )


def status_text(failure: Failure) -> str:
    """Return the enhanced status as it is written: "5.1.1", "" where none was told."""
    return ".".join(map(str, failure.status)) if failure.status else ""
