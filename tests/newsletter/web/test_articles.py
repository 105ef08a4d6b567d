"""The officer writes articles on a page; a lead reaches those of their own region."""

from newsletter.app import App
from newsletter.core.articles import ArticleText
from newsletter.core.audiences import Audience
from newsletter.core.messages import MARKERS
from newsletter.services import articles
from tests.cast import Cast
from tests.newsletter.web.visitors import Visitor


def write(app: App, title: str = "Höstmöte", body: str = "Vi ses i Örebro.", region: str = "") -> int:
    audience = {"audience": Audience.of([region])} if region else {}
    with app.sessions.begin() as session:
        text = ArticleText(title=title, body=body)
        return articles.create(session, text=text, now=app.now(), by="test", **audience).id


def test_an_article_is_written_saved_and_found(app: App, officer: Visitor) -> None:
    made = officer.post_form("/artiklar/ny", {"title": "Äppeldagen", "body": "Kom och smaka.\r\n\r\nGratis."})
    place = made.headers["location"].partition("?")[0]
    saved = officer.post_form(
        place,
        {"title": "Äppeldagen i år", "body": "Kom.", "revision": "1", "status": "ready", "regions": "skane"},
    )

    assert "Artikeln finns nu i registret" in officer.get(made.headers["location"]).text
    assert saved.status_code == 303
    listed = officer.get("/artiklar", params={"q": "äppeld"}).text
    assert "Äppeldagen i år" in listed
    assert "Klar · Skåne" in listed.replace("\n", " ")


def test_two_at_once_never_overwrite_each_other(app: App, officer: Visitor) -> None:
    article = write(app)
    officer.post_form(f"/artiklar/{article}", {"title": "Höstmöte", "body": "Karins text.", "revision": "1"})

    late = officer.post_form(
        f"/artiklar/{article}",
        {"title": "Höstmöte", "body": "Pers text.", "revision": "1", "regions": "vast"},
    )

    assert late.status_code == 409
    assert "Någon annan sparade" in late.text
    assert "Pers text." in late.text
    assert 'value="vast" checked' in late.text
    with app.readers() as session:
        assert articles.get(session, article).body == "Karins text."


def test_a_new_article_is_as_ready_and_lasts_as_long_as_its_form_says(app: App, officer: Visitor) -> None:
    made = officer.post_form("/artiklar/ny", {"title": "Lov", "status": "ready", "expires_on": "2031-05-01"})

    with app.readers() as session:
        article = articles.get(session, int(made.headers["location"].partition("?")[0].rpartition("/")[2]))
        assert (article.status.value, str(article.expires_on)) == ("ready", "2031-05-01")


def test_an_article_without_a_title_keeps_what_was_written(officer: Visitor) -> None:
    answer = officer.post_form("/artiklar/ny", {"title": " ", "body": "En lång text."})

    assert answer.status_code == 422
    assert "måste ha en titel" in answer.text
    assert "En lång text." in answer.text


def test_the_preview_shows_what_is_written_and_nothing_in_it_can_run(app: App, officer: Visitor) -> None:
    article = write(app)
    answer = officer.post_form(
        f"/artiklar/{article}/visa",
        {"title": "Ny rubrik", "body": "## Mitt\n\n<script>alert(1)</script> {{ 7*7 }}"},
    )

    assert "Ny rubrik" in answer.text
    assert "<script>" not in answer.text
    assert "{{ 7*7 }}" in answer.text.replace("&#123;", "{").replace("&#125;", "}")
    assert "sandbox" in answer.headers["content-security-policy"]
    with app.readers() as session:
        assert articles.get(session, article).title == "Höstmöte"


def test_the_preview_greets_somebody_and_shows_no_marker(app: App, officer: Visitor) -> None:
    article = write(app)

    shown = officer.post_form(f"/artiklar/{article}/visa", {"title": "Höst", "body": "x__GREETING__x"})

    assert "Hej Kim!" in shown.text
    for marker in MARKERS.values():
        assert marker not in shown.text
    assert "x&#95;_GREETING__x" in shown.text


def test_an_older_version_is_compared_and_brought_back(app: App, officer: Visitor) -> None:
    article = write(app, body="Vi ses den femte maj.")
    officer.post_form(
        f"/artiklar/{article}", {"title": "Höstmöte", "body": "Vi ses den sjätte maj.", "revision": "1"}
    )

    shown = officer.get(f"/artiklar/{article}/historik").text
    assert "<del>femte</del>" in shown
    assert "<ins>sjätte</ins>" in shown

    officer.post_form(f"/artiklar/{article}/historik", {"version": "1"})
    with app.readers() as session:
        assert articles.get(session, article).body == "Vi ses den femte maj."
        assert articles.get(session, article).revision == 3


def test_a_lead_reaches_the_articles_of_their_own_region_and_no_others(
    app: App, cast: Cast, lead: Visitor
) -> None:
    own, theirs, everyones = (
        write(app, "Skånsk", region="skane"),
        write(app, "Norrländsk", region="norra"),
        write(app),
    )
    listed = lead.get("/artiklar").text

    assert "Skånsk" in listed
    assert "Norrländsk" not in listed
    assert "1 artikel" in listed
    assert lead.get("/artiklar", params={"q": "Norrländsk"}).text.count("Norrländsk") == 1  # in the field
    assert lead.get(f"/artiklar/{own}").status_code == 200
    for beyond in (theirs, everyones):
        for path in ("", "/historik"):
            hidden, missing = lead.get(f"/artiklar/{beyond}{path}"), lead.get(f"/artiklar/99999{path}")
            assert (hidden.status_code, hidden.text) == (404, missing.text)
        for path in ("", "/visa", "/bild", "/bilaga", "/historik"):
            assert lead.post_form(f"/artiklar/{beyond}{path}", {"title": "X"}).status_code == 404


def test_what_a_lead_writes_is_never_for_another_region(app: App, lead: Visitor) -> None:
    made = lead.post_form("/artiklar/ny", {"title": "Mitt", "body": "x", "regions": "norra"})
    article = int(made.headers["location"].partition("?")[0].rpartition("/")[2])
    lead.post_form(f"/artiklar/{article}", {"title": "Mitt", "body": "y", "revision": "1", "regions": "vast"})

    with app.readers() as session:
        assert articles.get(session, article).audience == Audience.of(["skane"])


def test_the_register_shows_words_and_not_the_marks_of_their_form(app: App, officer: Visitor) -> None:
    write(app, body="Vi ses *snart* i [Lund](https://lund.example).\n\n## Program\n\n- Kaffe")

    assert "Vi ses snart i Lund. Program Kaffe" in officer.get("/artiklar").text


def test_an_empty_register_says_what_to_do_first_and_asks_nothing(app: App, officer: Visitor) -> None:
    text = officer.get("/artiklar").text

    assert "Skriv den första" in text
    assert 'role="search"' not in text
    write(app)
    assert 'role="search"' in officer.get("/artiklar").text
