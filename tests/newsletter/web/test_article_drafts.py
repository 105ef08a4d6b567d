"""What is written is kept before it is saved, by the server; what is pasted is cleaned there."""

import re

from newsletter.app import App
from newsletter.services import article_drafts, articles, erasure, retention
from subscribers.core.authority import Everything
from subscribers.core.retention import of
from tests.cast import Cast
from tests.newsletter.web.test_articles import write
from tests.newsletter.web.visitors import Visitor

KEY = "a-page-of-its-own"
ALL = Everything("a test")


def kept(visitor: Visitor, **fields: object) -> object:
    return visitor.post_form("/artiklar/utkast", {"draft": KEY, "title": "Höst", "body": "Nytt.", **fields})


def drafts(app: App, person: int, article: int | None) -> list[str]:
    with app.readers() as session:
        found = article_drafts.of(session, subscriber_id=person, article_id=article)
        return [str(each.content["body"]) for each in found]


def test_a_draft_is_offered_brought_back_and_gone_once_it_is_saved(
    app: App, cast: Cast, officer: Visitor
) -> None:
    article = write(app)
    first = kept(officer, article=article, revision=1)
    assert re.fullmatch(r"Sparat kl\. \d\d\.\d\d som utkast\.", first.json()["told"])
    assert kept(officer, article=article, revision=1, draft_version=1, body="Nyare.").json()["version"] == 2

    page = officer.get(f"/artiklar/{article}").text
    assert "Du har ett osparat utkast" in page
    assert "Nyare." not in page
    address = re.search(rf"/?artiklar/{article}\?utkast=\d+", page)
    assert address
    restored = officer.get("/" + address[0].lstrip("/")).text
    assert "Nyare." in restored
    assert f'name="draft" value="{KEY}"' in restored
    with app.readers() as session:
        assert len(articles.revisions(session, article_id=article)) == 1

    officer.post_form(
        f"/artiklar/{article}", {"title": "Höst", "body": "Nyare.", "revision": 1, "draft": KEY}
    )
    assert drafts(app, cast.bo, article) == []


def test_a_new_article_has_a_draft_too_and_it_can_be_thrown_away(
    app: App, cast: Cast, officer: Visitor
) -> None:
    kept(officer)
    assert "”Höst”" in officer.get("/artiklar/ny").text

    officer.post_form("/artiklar/utkast/kasta", {"draft": KEY})

    assert drafts(app, cast.bo, None) == []


def test_a_draft_that_somebody_has_overtaken_says_what_differs(app: App, officer: Visitor) -> None:
    article = write(app)
    kept(officer, article=article, revision=1)
    officer.post_form(f"/artiklar/{article}", {"title": "Höst", "body": "Karins ord.", "revision": 1})
    with app.readers() as session:
        draft = article_drafts.of(session, subscriber_id=2, article_id=article)[0].id

    page = officer.get(f"/artiklar/{article}", params={"utkast": draft}).text

    assert "Artikeln har sparats sedan utkastet skrevs" in page
    assert "Karins" in page.partition("<textarea")[0]
    with app.readers() as session:
        assert articles.get(session, article).body == "Karins ord."


def test_a_tab_that_is_behind_does_not_overwrite_the_draft(app: App, cast: Cast, officer: Visitor) -> None:
    kept(officer)
    kept(officer, draft_version=1, body="Från den ena fliken.")

    late = kept(officer, draft_version=1, body="Från den andra.")

    assert late.status_code == 409
    assert "annan flik" in late.json()["told"]
    assert drafts(app, cast.bo, None) == ["Från den ena fliken."]


def test_nobody_reaches_another_persons_draft_or_drafts_beyond_their_regions(
    app: App, cast: Cast, officer: Visitor, lead: Visitor
) -> None:
    article = write(app, region="vast")
    kept(officer, article=article)
    with app.readers() as session:
        draft = article_drafts.of(session, subscriber_id=cast.bo, article_id=article)[0].id

    assert kept(lead, article=article).status_code == 404
    assert lead.get("/artiklar/ny", params={"utkast": draft}).status_code == 404
    lead.post_form("/artiklar/utkast/kasta", {"draft": KEY})
    assert drafts(app, cast.bo, article) == ["Nytt."]


def test_drafts_are_bounded_pruned_and_go_with_the_person(app: App, cast: Cast, officer: Visitor) -> None:
    for number in range(article_drafts.MOST + 3):
        kept(officer, draft=f"{KEY}-{number}")
    assert len(drafts(app, cast.bo, None)) == article_drafts.MOST
    later = app.now() + (of("article-drafts").after or 0) * 2  # type: ignore[operator]
    with app.sessions.begin() as session:
        assert retention.overdue(session, scope=ALL, now=later)["article-drafts"] == article_drafts.MOST
        retention.carry_out(session, scope=ALL, by_hand=False, now=later)
    assert drafts(app, cast.bo, None) == []

    kept(officer)
    with app.sessions.begin() as session:
        erasure.erase(session, scope=ALL, subscriber_id=cast.bo, actor="a test", now=app.now())
    assert drafts(app, cast.bo, None) == []


def test_pasted_html_comes_back_as_markdown(officer: Visitor) -> None:
    answer = officer.post_form("/artiklar/klistra", {"html": "<b>Fet</b> <img src='x'><script>x()</script>"})

    assert answer.json()["markdown"] == "**Fet**"
    assert "En bild följde inte med" in answer.json()["told"]
    large = officer.post_form("/artiklar/klistra", {"html": "<p>" * 70_000})
    assert large.status_code == 422
    assert "Ctrl+Skift+V" in large.json()["told"]
