"""From which address a letter comes, and to which one answers go."""

import email
import email.policy
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.core.messages import MessageTemplate
from newsletter.services import letterheads, previews, variants
from subscribers.core.authority import Everything
from subscribers.models import ListPurpose, RoleName
from subscribers.services import role_addresses, roles
from tests.cast import Cast
from tests.conftest import NOON
from tests.newsletter.rendering.samples import FRAME
from tests.newsletter.services.test_variants import make_issue, write

ALL = Everything("test")
TODAY = NOON.date()
SKANE = Audience.of(["skane"])


@pytest.fixture
def led(sessions: sessionmaker[Session], cast: Cast) -> sessionmaker[Session]:
    """Anna leads Skåne, which has an address under the association's own domain."""
    with sessions.begin() as session:
        set_address(session, "skane@fyrvannerna.example")
        lead = RoleName.REGIONAL_LEAD
        roles.give(session, scope=ALL, subscriber_id=cast.anna, role=lead, region="skane")
    return sessions


def set_address(session: Session, address: str) -> None:
    role_addresses.give(session, scope=ALL, region="skane", address=address, reason="", actor="Kim", now=NOON)


def frozen_from(session: Session, *, audience: Audience, purpose: ListPurpose) -> str:
    issue = make_issue(session, (write("Kullen"), EVERYONE), purpose=purpose, audience=audience)
    (variant,) = variants.freeze(session, issue, frame=FRAME, now=NOON, languages=["sv"])
    head = MessageTemplate.load(variant.template).pieces[0]
    return str(email.message_from_bytes(head, policy=email.policy.default)["From"].addresses[0].addr_spec)


def test_a_letter_of_skanes_comes_from_skane_and_all_others_from_the_association(
    led: sessionmaker[Session],
) -> None:
    letters = ListPurpose.REGIONAL_LETTERS
    with led() as session:
        assert FRAME.from_address.endswith("@fyrvannerna.example")
        assert frozen_from(session, audience=SKANE, purpose=letters) == "skane@fyrvannerna.example"
        session.rollback()
        assert frozen_from(session, audience=EVERYONE, purpose=letters) == FRAME.from_address
        session.rollback()
        both = Audience.of(["skane", "vast"])
        assert frozen_from(session, audience=both, purpose=letters) == FRAME.from_address
        session.rollback()
        notices = ListPurpose.MEMBER_NOTICES
        assert frozen_from(session, audience=SKANE, purpose=notices) == FRAME.from_address


def test_an_address_elsewhere_is_answered_to_but_letters_do_not_come_from_it(
    led: sessionmaker[Session],
) -> None:
    with led.begin() as session:
        set_address(session, "fyrar.i.skane@gmail.example")
        issue = make_issue(session, (write("Kullen"), EVERYONE), audience=SKANE)

        assert letterheads.answers_to(session, issue, today=TODAY) == "fyrar.i.skane@gmail.example"
        assert letterheads.framed(session, issue, FRAME, today=TODAY) == FRAME


def test_the_day_counts_where_the_letter_is_sent(led: sessionmaker[Session], cast: Cast) -> None:
    """Anna's last day ends at midnight in Stockholm, an hour before it does in UTC."""
    with led.begin() as session:
        lead = RoleName.REGIONAL_LEAD
        roles.give(session, scope=ALL, subscriber_id=cast.anna, role=lead, region="skane", ends_on=TODAY)
        issue = make_issue(session, (write("Kullen"), EVERYONE), audience=SKANE)
        issue.send_zone = "Europe/Stockholm"
        session.flush()
        evening = NOON.replace(hour=22, minute=59)

        for now, answers in (
            (evening, "skane@fyrvannerna.example"),
            (evening + timedelta(minutes=1), ""),
        ):
            assert letterheads.answers(session, issue_ids=[issue.id], now=now) == {issue.id: answers}


def test_the_preview_shows_where_answers_will_go(led: sessionmaker[Session]) -> None:
    with led() as session:
        issue = make_issue(session, (write("Kullen"), EVERYONE), audience=SKANE)
        [who] = previews.readers(session, issue, region="skane")

        seen = previews.preview(session, issue, who, frame=FRAME, now=NOON)

        mail = email.message_from_bytes(seen.message, policy=email.policy.default)
        assert mail["Reply-To"].addresses[0].addr_spec == "skane@fyrvannerna.example"
        assert mail["From"].addresses[0].addr_spec == "skane@fyrvannerna.example"
