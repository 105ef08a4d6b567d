"""Answers are kept for a day, told with the checks, and nobody is asked for nothing."""

from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import EVERYONE
from newsletter.core.preflight.answers import Answer, Outcome
from newsletter.models import Article
from newsletter.services import issues, items, link_answers, preflight, retention
from subscribers.core.authority import Everything
from tests.conftest import NOON
from tests.newsletter.services.test_preflight import FRAME, ZONE

GONE, MOVED, WELL = (f"https://{name}.example/sida" for name in ("borta", "flyttad", "kvar"))
ANSWERS = {
    GONE: Answer(Outcome.GONE, 404),
    MOVED: Answer(Outcome.MOVED, 200, "https://ny.example/"),
    WELL: Answer(Outcome.WELL, 200),
}
LATER = NOON + timedelta(hours=23)
NEXT_DAY = NOON + timedelta(days=1, seconds=1)


def _issue(session: Session) -> int:
    issue = issues.create(session, title="Mars", subject="Vårens träffar", now=NOON)
    body = f"Se [trädgården]({GONE}#kaffe), [sjön]({MOVED}), [ön]({WELL}) och {FRAME.base_url}/media/x.pdf."
    article = Article(title="Skörden", body=body, audience=EVERYONE, created_at=NOON, updated_at=NOON)
    session.add(article)
    session.flush()
    items.add(session, issue_id=issue.id, article_id=article.id, now=NOON)
    return issue.id


def test_answers_are_asked_for_once_a_day_and_told_with_the_checks(
    sessions: sessionmaker[Session], cast: object
) -> None:
    with sessions.begin() as session:
        issue = issues.get(session, _issue(session))
        matter = preflight.gather(session, issue, frame=FRAME, zone=ZONE, now=NOON)
        assert link_answers.to_ask(session, matter, own=FRAME.base_url, now=NOON) == [GONE, MOVED, WELL]

        link_answers.keep(session, {WELL: Answer(Outcome.GONE, 404)}, now=NOON)
        link_answers.keep(session, ANSWERS, now=NOON)  # the later word counts

        assert link_answers.to_ask(session, matter, own=FRAME.base_url, now=LATER) == []
        assert len(link_answers.to_ask(session, matter, own=FRAME.base_url, now=NEXT_DAY)) == 3

        found = preflight.look(session, issue, frame=FRAME, zone=ZONE, now=LATER).findings
        told = {str(one.facts["words"]): one.facts["url"] for one in found if one.rule == "answer"}
        assert told == {"trädgården": f"{GONE}#kaffe", "sjön": MOVED}
        later = preflight.look(session, issue, frame=FRAME, zone=ZONE, now=NEXT_DAY).findings
        assert [one for one in later if one.rule == "answer"] == []


def test_answers_go_after_a_day(sessions: sessionmaker[Session]) -> None:
    scope = Everything("tests")
    with sessions.begin() as session:
        link_answers.keep(session, ANSWERS, now=NOON)

        assert retention.overdue(session, scope=scope, now=LATER)["link-answers"] == 0
        assert retention.carry_out(session, scope=scope, by_hand=False, now=NEXT_DAY)["link-answers"] == 3


def test_whoever_asks_says_who_it_is_in_ascii() -> None:
    said = link_answers.agent("Äpplen\r\nX: y", "hej@applen.example", "https://brev.applen.example")

    assert said.isascii()
    assert said.isprintable()
    assert "+https://brev.applen.example; hej@applen.example" in said
