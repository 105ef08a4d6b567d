"""Which regions have handed something in."""

from sqlalchemy.orm import Session, sessionmaker

from newsletter.core.audiences import EVERYONE, Audience
from newsletter.models import Article, Issue
from newsletter.services import contributions, issues, items
from tests.cast import Cast
from tests.conftest import NOON


def made(session: Session, audience: Audience = EVERYONE) -> Issue:
    issue = issues.create(session, title="Ett", subject="Ett", audience=audience, now=NOON)
    for title, its, articles_own in (
        ("För alla", EVERYONE, EVERYONE),
        ("Skånes", Audience.of(["skane"]), EVERYONE),
        ("Skånes andra", EVERYONE, Audience.of(["skane"])),
        ("Två regioners", Audience.of(["skane", "norra"]), EVERYONE),
    ):
        article = Article(title=title, body="x", audience=articles_own, created_at=NOON, updated_at=NOON)
        session.add(article)
        session.flush()
        items.add(session, issue_id=issue.id, article_id=article.id, audience=its, now=NOON)
    return issue


def test_what_is_for_one_region_alone_is_its_own(sessions: sessionmaker[Session], cast: Cast) -> None:
    with sessions.begin() as session:
        found = contributions.of_regions(session, issue=made(session), within=None)

        assert len(found) == 10
        assert {each.name: each.titles for each in found if each.titles} == {
            "Skåne": ("Skånes", "Skånes andra")
        }


def test_only_regions_that_the_issue_reaches_and_one_may_see_are_named(
    sessions: sessionmaker[Session], cast: Cast
) -> None:
    with sessions.begin() as session:
        issue = made(session, Audience.of(["skane", "norra"]))

        everywhere = contributions.of_regions(session, issue=issue, within=None)
        here = contributions.of_regions(session, issue=issue, within=frozenset({"norra", "vast"}))

        assert [each.region for each in everywhere] == ["norra", "skane"]
        assert [each.region for each in here] == ["norra"]
