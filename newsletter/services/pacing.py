"""How fast letters go, over all senders: what has gone is counted in the database, and the rules are core's.

    standing   who wants fewer letters: one cheap look a round
    allow      so many letters, by these relays -> reserved | the caller claims no more | keep_to what it got
    sort_out   of what was claimed: goes now | waits for the pace of its receiving domain
    heard      what servers said -> a domain or a relay rests, is asked carefully, or is back
    give_back  what was reserved and not sent

In one transaction the order is allow, keep_to, give_back, sort_out, heard: rows are locked in that order
everywhere, and keep_to may come later, since it locks nothing new.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.core import pacing, slowing, warming
from newsletter.core.letters import Claim, Copy
from newsletter.core.outcomes import PACED, SLOWED, Outcome, Postponed
from newsletter.core.pacing import Limits, Per, Rates, Room, Spent
from newsletter.core.provider_codes import Slows, slows
from newsletter.core.receivers import receiver_of
from newsletter.core.replies import Meaning, Reply
from newsletter.core.slowing import Slow
from newsletter.core.warming import Warming
from newsletter.models import SendingPace
from subscribers.services.dialects import insert_into

OVERALL = "overall"
_RELAY, _DOMAIN = "relay:", "domain:"

#: Nobody asks again sooner: batches would become tiny, and each costs a transaction.
_STEP = timedelta(seconds=0.25)

#: Letters that wait for a domain come back within so long: after its rest, and at its own rate.
_REST_SPAN, _RATE_SPAN = timedelta(minutes=10), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who wants fewer letters at a moment, by the key of its pace."""

    now: datetime
    slow: Mapping[str, Slow] = field(default_factory=dict)

    @property
    def careful(self) -> frozenset[str]:
        """The receivers (``core.receivers``) that get one letter at a time, by whichever sender and relay."""
        return frozenset(key.removeprefix(_DOMAIN) for key in self.slow if key.startswith(_DOMAIN))


@dataclass(frozen=True, slots=True)
class Allowed:
    """So many letters may go now, and at most so many of them by each relay; they are reserved.

    ``again_at`` is when to ask again; None where all that was wanted may go. ``why`` is the key of the pace
    that holds the rest back ("overall", "relay:NAME"); empty where none does.
    """

    letters: int
    by_relay: Mapping[str, int]
    again_at: datetime | None = None
    why: str = ""


class Heard(NamedTuple):
    """What became of a letter to an address, by a relay."""

    address: str
    relay: str
    outcome: Outcome


def relay_key(name: str) -> str:
    """Return the key of a relay's pace."""
    return f"{_RELAY}{name}"


def domain_key(domain: str) -> str:
    """Return the key of the pace of whoever receives a domain's mail."""
    return f"{_DOMAIN}{receiver_of(domain)}"


def standing(session: Session, *, now: datetime) -> Standing:
    """Return who wants fewer letters; a session that can only read is enough."""
    rows = session.scalars(
        select(SendingPace).where(
            SendingPace.slow_until.is_not(None), SendingPace.slow_accepted < slowing.ENOUGH
        )
    )
    found = {row.key: slow for row in rows if (slow := slow_of(row)) is not None and slow.is_careful(now)}
    return Standing(now, found)


def allow(
    session: Session,
    *,
    limits: Limits,
    relays: Sequence[str],
    wanted: int,
    standing: Standing,
    now: datetime,
) -> Allowed:
    """Reserve room for at most ``wanted`` letters by relays that can be talked to.

    Without a limit, and while no relay wants fewer letters, the database is not asked. What is reserved and
    not sent is to be given back.
    """
    held = [name for name in relays if is_held(limits, name, standing)]
    keys = [OVERALL] if limits.overall else []
    rows = _locked(session, [*keys, *map(relay_key, held)])
    whole = _room(rows[OVERALL], limits.overall, wanted, now) if limits.overall else Room(wanted, None)
    rooms = {
        name: _relay_room(rows[relay_key(name)], limits, name, wanted, now)
        if name in held
        else Room(wanted, None)
        for name in relays
    }
    free = {name: room.letters for name, room in rooms.items()}
    letters = min(whole.letters, sum(free.values()), wanted)
    by_relay = _shares(letters, free, are_held=bool(held))
    _take(rows, limits, letters, {name: by_relay[name] for name in held}, now)
    if letters == wanted:
        return Allowed(letters, by_relay)
    again_at, why = _what_holds(whole, rooms, letters)
    return Allowed(letters, by_relay, max(again_at or now, now + _STEP), why)


def keep_to(
    session: Session, allowed: Allowed, *, letters: int, limits: Limits, standing: Standing, now: datetime
) -> Allowed:
    """Give back what was reserved in this transaction and is not needed for ``letters``; return the rest."""
    if letters >= allowed.letters:
        return allowed
    held = [name for name in allowed.by_relay if is_held(limits, name, standing)]
    by_relay = _shares(letters, allowed.by_relay, are_held=bool(held))
    keys = [OVERALL] if limits.overall else []
    rows = _locked(session, [*keys, *map(relay_key, held)])
    unused = {name: by_relay[name] - allowed.by_relay[name] for name in held}
    _take(rows, limits, letters - allowed.letters, unused, now)
    return replace(allowed, letters=letters, by_relay=by_relay)


def give_back(
    session: Session,
    *,
    limits: Limits,
    unused_by_relay: Mapping[str, int],
    standing: Standing,
    now: datetime,
) -> None:
    """Take back what was reserved by ``allow`` and has not been sent, by relay."""
    unused = {name: count for name, count in unused_by_relay.items() if count}
    held = {name: -count for name, count in unused.items() if is_held(limits, name, standing)}
    keys = [OVERALL] if limits.overall and unused else []
    rows = _locked(session, [*keys, *map(relay_key, held)])
    if rows:
        _take(rows, limits, -sum(unused.values()), held, now)


def sort_out(
    session: Session, copies: Sequence[Copy], *, limits: Limits, standing: Standing, now: datetime
) -> tuple[Sequence[Copy], Sequence[tuple[Claim, Postponed]]]:
    """Part claimed copies into those that go now and those that wait for their receiving domain.

    Where no domain of theirs has a rate or wants fewer letters, the database is not asked. Where all must
    wait, claim again at once: others are behind them in the queue. What waits is settled as it is.
    """
    if not limits.domains and not standing.careful:
        return copies, []
    receivers = [receiver_of(copy.address) for copy in copies]
    paced = {each for each in set(receivers) if each in limits.domains or f"{_DOMAIN}{each}" in standing.slow}
    if not paced:
        return copies, []
    rows = _locked(session, [f"{_DOMAIN}{each}" for each in paced])
    waiting: list[tuple[Claim, Postponed]] = []
    held: set[int] = set()
    for receiver in sorted(paced):
        theirs = [copy for copy, each in zip(copies, receivers, strict=True) if each == receiver]
        late = _late(rows[f"{_DOMAIN}{receiver}"], receiver, theirs, limits, now)
        waiting += late
        held |= {claim.delivery_id for claim, _ in late}
    return [copy for copy in copies if copy.claim.delivery_id not in held], waiting


def heard(session: Session, results: Iterable[Heard], *, standing: Standing, now: datetime) -> None:
    """Let what servers said slow a receiving domain or a relay down, or bring it back.

    Acceptances of those that nobody holds back cost nothing but the look at them.
    """
    noes: dict[str, str] = {}
    yeses: Counter[str] = Counter()
    for address, relay, outcome in results:
        if not isinstance(outcome, Reply):
            continue
        if outcome.meaning is Meaning.ACCEPTED:
            if standing.slow:
                yeses.update({relay_key(relay), domain_key(address)} & standing.slow.keys())
        elif (who := slows(outcome)) is not Slows.NOBODY:
            noes.setdefault(relay_key(relay) if who is Slows.RELAY else domain_key(address), _code(outcome))
    rows = _locked(session, {*noes, *yeses})
    for key, row in rows.items():
        before = slow_of(row)
        if key in noes:
            _write_slow(row, slowing.slowed(before, noes[key], now))
        elif before is not None:
            _write_slow(row, slowing.accepted(before, yeses[key], now))


def _shares(letters: int, free: Mapping[str, int], *, are_held: bool) -> dict[str, int]:
    """Deal letters out where any relay keeps a pace; else each may have them all."""
    return pacing.shared(letters, free) if are_held else dict.fromkeys(free, letters)


def _code(reply: Reply) -> str:
    status = ".".join(map(str, reply.enhanced or ()))
    return f"{reply.code} {status}".rstrip()


def is_held(limits: Limits, relay: str, standing: Standing) -> bool:
    """Tell whether a relay takes only what is reserved for it."""
    return bool(limits.relay(relay) or limits.slow_start or relay_key(relay) in standing.slow)


def _relay_room(row: SendingPace, limits: Limits, name: str, wanted: int, now: datetime) -> Room:
    slow = slow_of(row)
    if slow is not None and slow.rests(now):
        return Room(0, slow.until)
    return _room(row, relay_rates(row, limits, name, now), wanted, now)


def relay_rates(row: SendingPace, limits: Limits, name: str, now: datetime) -> Rates:
    """Return a relay's rates as they are now: its own, a slow start's, and that of one to be careful with."""
    rates, slow = limits.relay(name), slow_of(row)
    if limits.slow_start:
        daily = next((rate.letters for rate in rates if rate.per is Per.DAY), warming.ENOUGH)
        first_days = warming.allowed(limits.slow_start, _warming(row, limits, now), most=daily)
        rates = pacing.strictest(rates, (first_days,) if first_days else ())
    careful = slow is not None and slow.is_careful(now)
    return pacing.strictest(rates, (slowing.CAREFUL,)) if careful else rates


def _warming(row: SendingPace, limits: Limits, now: datetime) -> Warming:
    known = row.warming_since and Warming(row.warming_since, row.warming_doublings, row.warming_letters)
    return warming.today(limits.slow_start, known or None, now)


def _room(row: SendingPace, rates: Rates, wanted: int, now: datetime) -> Room:
    return pacing.room(rates, Spent.load(row.spent), wanted=wanted, now=now)


def _take(
    rows: Mapping[str, SendingPace],
    limits: Limits,
    letters: int,
    by_relay: Mapping[str, int],
    now: datetime,
) -> None:
    if letters and OVERALL in rows:
        _spend(rows[OVERALL], limits.overall, letters, now)
    for name, count in by_relay.items():
        if not count:
            continue
        row = rows[relay_key(name)]
        _spend(row, relay_rates(row, limits, name, now), count, now)
        if limits.slow_start:
            day = _warming(row, limits, now)
            row.warming_since, row.warming_doublings = day.since, day.doublings
            row.warming_letters = max(0, day.letters + count)


def _spend(row: SendingPace, rates: Rates, letters: int, now: datetime) -> None:
    row.spent = pacing.take(rates, Spent.load(row.spent), letters=letters, now=now).dump()


def _what_holds(whole: Room, rooms: Mapping[str, Room], letters: int) -> tuple[datetime | None, str]:
    """Return when more may go, and the key of what holds it until then; nothing does without any relay."""
    if whole.again_at is not None and whole.letters == letters:
        return whole.again_at, OVERALL
    full = [(room.again_at, relay_key(name)) for name, room in rooms.items() if room.again_at is not None]
    return min(full, default=(None, ""))


def _late(
    row: SendingPace, receiver: str, copies: Sequence[Copy], limits: Limits, now: datetime
) -> list[tuple[Claim, Postponed]]:
    """Let go what may go to one receiver, and give the others their times."""
    slow, rates = slow_of(row), limits.domains.get(receiver, ())
    careful = slow is not None and slow.is_careful(now)
    if careful:
        rates = pacing.strictest(rates, (slowing.CAREFUL,))
    if slow is not None and slow.rests(now):
        room = Room(0, slow.until)
    else:
        room = _room(row, rates, len(copies), now)
    if room.letters:
        _spend(row, rates, room.letters, now)
    if room.again_at is None:
        return []
    times = pacing.book(
        row.booked_until,
        count=len(copies) - room.letters,
        first=max(room.again_at, now + _STEP),
        every=pacing.slowest(rates).interval,
        span=_REST_SPAN if careful else _RATE_SPAN,
    )
    row.booked_until = times[-1]
    why = (SLOWED if careful else PACED) + receiver
    return [
        (copy.claim, Postponed(until, why)) for copy, until in zip(copies[room.letters :], times, strict=True)
    ]


def slow_of(row: SendingPace) -> Slow | None:
    """Return what holds for one who has ever wanted fewer letters; None for others."""
    if row.slow_since is None or row.slow_until is None:
        return None
    return Slow(row.slow_since, row.slow_until, row.slow_times, row.slow_said, row.slow_accepted)


def _write_slow(row: SendingPace, slow: Slow) -> None:
    row.slow_since, row.slow_until, row.slow_times = slow.since, slow.until, slow.times
    row.slow_accepted, row.slow_said = slow.accepted, slow.said


def _locked(session: Session, keys: Collection[str]) -> dict[str, SendingPace]:
    """Return these paces, for this transaction alone; one that is new has spent nothing."""
    if not keys:
        return {}
    # Domains last, everywhere: who locks in another order waits for somebody who waits for them.
    wanted = (
        select(SendingPace)
        .where(SendingPace.key.in_(keys))
        .order_by(SendingPace.key.startswith(_DOMAIN), SendingPace.key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {row.key: row for row in session.scalars(wanted)}
    missing = [key for key in keys if key not in found]
    if not missing:
        return found
    insert = insert_into(session, SendingPace)
    for key in sorted(missing):
        session.execute(insert.values(key=key, **_NEW).on_conflict_do_nothing())
    return {row.key: row for row in session.scalars(wanted)}


_NEW = {
    "spent": {},
    "warming_doublings": 0,
    "warming_letters": 0,
    "slow_times": 0,
    "slow_accepted": 0,
    "slow_said": "",
}
