"""Letters that could not be delivered: written down per address, and what follows for it.

    bounce   a report that came in -> the letter came back | the address by the rules (core.inbound.failing)
    refused  a server's "no" while we were sending -> the same rules

Whose letter it was is told by our own token and by nothing else: of a report without one nothing follows.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from newsletter.core.inbound import failing
from newsletter.core.inbound.bounces import Failure
from newsletter.core.inbound.failing import Rules, Verdict
from newsletter.core.letters import Claim
from newsletter.core.outcomes import Outcome
from newsletter.core.replies import Meaning, Reply
from newsletter.language import _
from newsletter.models import AddressFailure, CallReason, Delivery, DeliveryState
from newsletter.services import calls, domain_holds, settlements
from newsletter.services.call_words import KINDS
from newsletter.services.domain_holds import FROM_REPLY, FROM_REPORT, Stand
from newsletter.services.taken_mails import Circumstances, Taken
from subscribers.core.authority import Scope
from subscribers.models import Subscriber, SuppressionReason, SuppressionRelease
from subscribers.services import suppressions
from subscribers.services.dialects import insert_into
from subscribers.services.scopes import people_within

#: Recipients of one report that are kept for people to read; a hostile one names any number.
_MOST_TOLD = 50


def bounce(session: Session, taken: Taken, circumstances: Circumstances) -> str:
    """Do what follows from a report, once; a handler of ``services.inbound``.

    Returns "no token" without a token of ours, "note" for a short mail (which stops nobody), "delayed" where
    nothing has failed (yet), "erased" where the person is, and else what became of the address: "stopped",
    "held", "shown" or "noted".
    """
    told = taken.read.bounce.failures if taken.read.bounce else ()
    taken.row.facts = {**taken.row.facts, "failures": [_facts(each) for each in told[:_MOST_TOLD]]}
    if not told:
        return "delayed"
    delivery = taken.delivery
    if delivery is None:
        return "no token" if taken.read.traces.note_id is None else "note"
    failure = failing.of_letter(told, delivery.canonical)
    if failure is None or not delivery.canonical:
        return "erased"
    outcome = _follow(
        session,
        delivery,
        failure,
        inbound_id=taken.row.id,
        scope=circumstances.scope,
        rules=circumstances.rules,
        now=circumstances.now,
    )
    said = _plain(failure.diagnostic) or failing.status_text(failure)
    settlements.came_back(session, delivery=delivery, said=said, now=circumstances.now)
    return outcome


def refused(
    session: Session,
    results: Sequence[tuple[Claim, Outcome]],
    *,
    scope: Scope,
    rules: Rules,
    now: datetime,
) -> int:
    """Do what follows where servers refused letters; return for how many. Of what waits nothing does yet.

    ``results`` are those that ``settling.settle`` has written down, in the same transaction.
    """
    noes = {
        held.delivery_id: outcome
        for held, outcome in results
        if isinstance(outcome, Reply) and outcome.meaning is not Meaning.ACCEPTED
    }
    if not noes:
        return 0
    given_up = (
        select(Delivery)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.id.in_(noes), Delivery.state == DeliveryState.REFUSED, people_within(scope))
        .order_by(Delivery.id)
    )
    count = 0
    for delivery in session.scalars(given_up).all():
        failure = failing.refused(noes[delivery.id])
        if failure is not None:
            count += bool(
                _follow(session, delivery, failure, inbound_id=None, scope=scope, rules=rules, now=now)
            )
    return count


def causes(session: Session, *, canonicals: Sequence[str]) -> dict[str, AddressFailure]:
    """Return the last failure of each of the addresses that has any."""
    last = select(func.max(AddressFailure.id)).where(AddressFailure.canonical.in_(canonicals))
    rows = select(AddressFailure).where(AddressFailure.id.in_(last.group_by(AddressFailure.canonical)))
    return {row.canonical: row for row in session.scalars(rows)}


def _follow(
    session: Session,
    delivery: Delivery,
    failure: Failure,
    *,
    inbound_id: int | None,
    scope: Scope,
    rules: Rules,
    now: datetime,
) -> str:
    """Write a failure down and carry out what the rules say; "" where it was written down before."""
    if not _write(session, delivery, failure, inbound_id, now):
        return ""
    canonical = delivery.canonical
    past = [domain_holds.failed(row) for row in _recent(session, canonical, rules, now)]
    verdict = failing.verdict(past, rules=rules, now=now)
    if verdict is Verdict.NOTHING:
        return "noted"
    reason, outcome = SuppressionReason.BOUNCED, "stopped"
    if verdict is Verdict.GONE:
        domain = canonical.rpartition("@")[2]
        match domain_holds.stand(session, domain=domain, issue_id=delivery.issue_id, now=now):
            case Stand.HELD:
                reason, outcome = SuppressionReason.HELD, "held"
            case Stand.SPARED:
                return "noted"
    if verdict is not Verdict.SHOWN:
        source = FROM_REPLY if inbound_id is None else FROM_REPORT
        suppressions.suppress(
            session,
            scope=scope,
            address=canonical,
            reason=reason,
            note=_note(failure),
            source=source,
            now=now,
        )
    if outcome == "held":
        return outcome
    facts = {
        "kind": failure.kind.value,
        "status": failing.status_text(failure),
        "times": failing.letters(past),
    }
    call = CallReason.BOUNCED if verdict is Verdict.GONE else CallReason.FAILING
    for subscriber_id in domain_holds.holders_of(session, scope=scope, canonical=canonical):
        calls.open_call(
            session,
            subscriber_id=subscriber_id,
            canonical=canonical,
            reason=call,
            facts=facts,
            inbound_id=inbound_id,
            now=now,
        )
    return "shown" if verdict is Verdict.SHOWN else outcome


def _write(
    session: Session, delivery: Delivery, failure: Failure, inbound_id: int | None, now: datetime
) -> bool:
    insert = insert_into(session, AddressFailure).values(
        canonical=delivery.canonical,
        domain=delivery.canonical.rpartition("@")[2][:255],
        at=now,
        kind=failure.kind,
        permanent=failure.permanent,
        status=failing.status_text(failure)[:12],
        diagnostic=_plain(failure.diagnostic)[:500],
        remote=_plain(failure.remote)[:255],
        delivery_id=delivery.id,
        issue_id=delivery.issue_id,
        inbound_id=inbound_id,
    )
    written = session.execute(insert.on_conflict_do_nothing().returning(AddressFailure.id))
    return written.first() is not None


def _recent(session: Session, canonical: str, rules: Rules, now: datetime) -> Sequence[AddressFailure]:
    """Return what counts: a person who released the address has forgiven what was before."""
    forgiven = exists(SuppressionRelease.id).where(
        SuppressionRelease.canonical == canonical, SuppressionRelease.at >= AddressFailure.at
    )
    which = AddressFailure.canonical == canonical, AddressFailure.at > now - rules.window, ~forgiven
    return session.scalars(select(AddressFailure).where(*which).order_by(AddressFailure.id)).all()


def _note(failure: Failure) -> str:
    why = _(KINDS[failure.kind])
    said = _plain(failure.diagnostic)[:200]
    return f"{why[:1].upper()}{why[1:]}. {said}".strip()


def _facts(failure: Failure) -> dict[str, object]:
    return {
        "recipient": _plain(failure.recipient)[:320],
        "kind": failure.kind.value,
        "permanent": failure.permanent,
        "status": failing.status_text(failure),
        "diagnostic": _plain(failure.diagnostic)[:500],
        "remote": _plain(failure.remote)[:255],
    }


def _plain(text: str) -> str:
    # PostgreSQL takes no NUL and no half of a surrogate pair in a text, and a report may have either.
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
