"""What segments may ask of the ledger: who got an issue. The rest of segments stands in ``subscribers``."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from newsletter.models import Delivery, DeliveryState, Issue, IssueKind
from subscribers.core.segment_words import Term, Vocabulary
from subscribers.core.segments import Attribute
from subscribers.models import MailingList, Segment, Subscriber
from subscribers.services import segment_queries, segments

#: No table holds a larger id, and no database may be asked for one.
_LARGEST_ID = 2**31 - 1


def reached(issue_ids: Sequence[str]) -> ColumnElement[bool]:
    """Hold for those who got one of the issues (ids as text): accepted by the next server, as far as known.

    Who was greeted in the copy of somebody with the same address got it when that copy was accepted. What is
    open, unknown, refused or left out was not got.
    """
    ids = [int(each) for each in issue_ids if each.isascii() and each.isdigit() and len(each) < 11]
    known = [each for each in ids if each <= _LARGEST_ID]
    own, copy = aliased(Delivery), aliased(Delivery)
    in_the_copy = exists().where(
        copy.issue_id == own.issue_id,
        copy.subscriber_id == own.carried_by,
        copy.state == DeliveryState.ACCEPTED,
    )
    # Few are carried, and only for these is the second table asked.
    got = or_(own.state == DeliveryState.ACCEPTED, and_(own.carried_by.is_not(None), in_the_copy))
    return exists().where(own.subscriber_id == Subscriber.id, own.issue_id.in_(known), got)


#: All that segments may ask of tables that ``subscribers`` does not know.
BUILDERS: Mapping[Attribute, segment_queries.Builder] = {Attribute.ISSUE: reached}


def condition(segment: Segment, *, today: date) -> ColumnElement[bool]:
    """Return the condition on ``Subscriber`` that a saved segment's rule holds. Raises ``SegmentRefused``."""
    return segment_queries.condition(segments.rule_of(segment), today=today, builders=BUILDERS)


def vocabulary(session: Session) -> Vocabulary:
    """Return the words of all conditions; issues are called ``12/2026``, or ``nyhetsbrev 12/2026``."""
    return segments.vocabulary(session, more={Attribute.ISSUE: issue_terms(session)})


def issue_terms(session: Session) -> list[Term]:
    """Return what issues are called; with the list where two lists have the same number of a year."""
    found = session.execute(
        select(Issue.id, Issue.number, Issue.year, MailingList.slug, MailingList.name)
        .join(MailingList, MailingList.id == Issue.list_id)
        .where(Issue.kind == IssueKind.ORDINARY)  # a correction has the number of what it corrects
        .order_by(Issue.year.desc(), Issue.number.desc(), Issue.id)
    ).all()
    alike = Counter((row.number, row.year) for row in found)
    terms = []
    for row in found:
        short = f"{row.number}/{row.year}"
        word = short if alike[row.number, row.year] == 1 else f"{row.slug} {short}"
        terms.append(Term(str(row.id), word, word, (f"{row.slug} {short}", f"{row.name} {short}")))
    return terms
