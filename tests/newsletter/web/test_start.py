"""The first page: every issue, and what became of everyone in its reach."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session, sessionmaker

from newsletter.models import Delivery, DeliveryState, Issue, IssueStatus, LeftOutReason
from newsletter.web.start import parts_of
from subscribers.models import Subscriber
from tests.cast import Cast
from tests.conftest import NOON
from tests.newsletter.web.visitors import Visitor


def deliver(session: Session, list_id: int, states: Mapping[DeliveryState, int]) -> None:
    """Write a released issue with so many deliveries in each state."""
    issue = Issue(
        list_id=list_id, year=2030, number=3, title="Marsnumret", subject="Mars", status=IssueStatus.RELEASED,
        released_at=NOON, created_at=NOON, updated_at=NOON,
    )  # fmt: skip
    session.add(issue)
    people = [Subscriber(created_at=NOON, updated_at=NOON) for _ in range(sum(states.values()))]
    session.add_all(people)
    session.flush()
    for state, person in zip([s for s, count in states.items() for _ in range(count)], people, strict=True):
        why = LeftOutReason.NO_ADDRESS.value if state is DeliveryState.LEFT_OUT else ""
        session.add(Delivery(issue_id=issue.id, subscriber_id=person.id, state=state, why=why))


def test_a_new_association_reads_what_to_do_first(officer: Visitor) -> None:
    text = officer.get("/").text

    assert "Här är tomt än så länge" in text
    assert "Övningsläge – inga brev skickas på riktigt" in text


def test_an_issue_shows_what_became_of_everyone(
    officer: Visitor, sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        deliver(
            session,
            cast.newsletter,
            {DeliveryState.ACCEPTED: 12, DeliveryState.UNKNOWN: 1, DeliveryState.LEFT_OUT: 3},
        )

    text = " ".join(officer.get("/").text.split())

    assert "Nyhetsbrevet 3/2030" in text
    assert "Utskickat 1 mars 2030, 13:00. 16 personer i numrets räckvidd." in text
    assert '</svg>Överlämnat </td> <td class="count">12</td>' in text
    assert '<td>saknar e-postadress</td><td class="count">3</td>' in text
    assert "levererat" not in text.lower()


def test_an_issue_that_has_not_gone_out_says_where_it_stands(
    officer: Visitor, sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        for number, status in enumerate(
            (IssueStatus.DRAFT, IssueStatus.SCHEDULED, IssueStatus.MISSED), start=1
        ):
            session.add(
                Issue(
                    list_id=cast.newsletter, year=2030, number=number, title="<b>Titel</b>", subject="s",
                    status=status, send_at=None if status is IssueStatus.DRAFT else NOON,
                    created_at=NOON, updated_at=NOON,
                )
            )  # fmt: skip

    text = " ".join(officer.get("/").text.split())

    assert "Utkast." in text
    assert "Schemalagt till 1 mars 2030, 13:00." in text
    assert "Missade sin tid till 1 mars 2030, 13:00." in text
    assert "<b>" not in text


@given(st.dictionaries(st.sampled_from(DeliveryState), st.integers(0, 10**6)))
def test_the_bar_draws_exactly_the_table(states: dict[DeliveryState, int]) -> None:
    parts = parts_of(states)

    assert sum(part.count for part in parts) == sum(states.values())
    assert all(part.count > 0 for part in parts)
    end = 0.0
    for part in parts:
        assert abs(part.start - end) < 1e-6
        end = part.start + part.share
    assert not parts or abs(end - 100) < 1e-6
