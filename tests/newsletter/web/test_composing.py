"""The officer puts an issue together on a page, and nobody overwrites anybody."""

import re
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.orm import Session, sessionmaker

from newsletter.app import App
from newsletter.core.audiences import Audience
from newsletter.models import Article, Issue, ItemForm
from newsletter.services import issues, items, sections
from newsletter.web.looks import carried
from subscribers.models import RoleName
from tests.cast import Cast
from tests.conftest import NOON
from tests.newsletter.web.visitors import Visitor, appoint, signed_in


@pytest.fixture
def issue_id(sessions: sessionmaker[Session], cast: Cast) -> int:
    """A draft with three articles, the last for Skåne alone, and two articles that wait."""
    with sessions.begin() as session:
        made = issues.create(session, title="Marsnumret", subject="Våren", now=NOON)
        for title in ("Ledare", "Reportage", "Skånskt", "Väntande äpplen", "<b>Fet</b>"):
            article = Article(title=title, lead="Kort.", body="Lång text.", created_at=NOON, updated_at=NOON)
            session.add(article)
            session.flush()
            if title not in ("Väntande äpplen", "<b>Fet</b>"):
                items.add(
                    session, issue_id=made.id, article_id=article.id, section="Först", now=NOON,
                    audience=Audience.of(["skane"]) if title == "Skånskt" else items.EVERYONE,
                )  # fmt: skip
        sections.add(session, issue_id=made.id, name="Sist", now=NOON)
        return made.id


@pytest.fixture
def karin(app: App, cast: Cast) -> Iterator[Visitor]:
    """Hilma, another officer."""
    appoint(app, cast.hilma, RoleName.OFFICER)
    with signed_in(app, cast.hilma) as visitor:
        yield visitor


Post = Callable[..., int]


def seen(sessions: sessionmaker[Session], issue_id: int) -> str:
    with sessions() as session:
        return str(session.get_one(Issue, issue_id).revision)


def order(sessions: sessionmaker[Session], issue_id: int) -> list[tuple[str, str]]:
    with sessions() as session:
        return [(item.article.title, item.section) for item in session.get_one(Issue, issue_id).items]


def article(sessions: sessionmaker[Session], title: str) -> str:
    with sessions() as session:
        return str(session.query(Article.id).where(Article.title == title).scalar())


def text_of(answer: object) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())  # type: ignore[attr-defined]


@pytest.fixture
def post(officer: Visitor, sessions: sessionmaker[Session], issue_id: int) -> Post:
    """Send one of the desk's forms, from the issue as it is; return the answer's status."""

    def send(place: str, **fields: object) -> int:
        given = {"seen": seen(sessions, issue_id), **fields}
        return int(officer.post_form(f"/nummer/{issue_id}/{place}", given).status_code)

    return send


def test_items_move_by_buttons_alone_also_into_the_next_section(
    post: Post, sessions: sessionmaker[Session], issue_id: int
) -> None:
    assert post("flytta", article=article(sessions, "Reportage"), do="up") == 303
    assert [title for title, _ in order(sessions, issue_id)] == ["Reportage", "Ledare", "Skånskt"]

    assert post("flytta", article=article(sessions, "Skånskt"), do="down") == 303
    assert order(sessions, issue_id)[-1] == ("Skånskt", "Sist")


def test_an_item_is_dropped_on_a_place_in_a_section(
    post: Post, sessions: sessionmaker[Session], issue_id: int
) -> None:
    assert post("flytta", article=article(sessions, "Ledare"), position="3", section="Sist") == 303

    assert order(sessions, issue_id) == [("Reportage", "Först"), ("Skånskt", "Först"), ("Ledare", "Sist")]


def test_an_article_is_found_and_added_at_the_end_of_a_section(
    officer: Visitor, post: Post, sessions: sessionmaker[Session], issue_id: int
) -> None:
    found = officer.get(f"/nummer/{issue_id}?artikel=ÄPPLEN").text
    assert "Väntande äpplen" in found
    assert "&lt;b&gt;Fet" not in found

    assert post("lagg-till", article=article(sessions, "Väntande äpplen"), section="Först") == 303
    assert order(sessions, issue_id)[-1] == ("Väntande äpplen", "Först")
    assert "Ingen artikel passar ”äpplen”" in text_of(officer.get(f"/nummer/{issue_id}?artikel=äpplen"))


def test_an_item_is_changed_in_words_a_person_can_read(
    officer: Visitor, post: Post, sessions: sessionmaker[Session], issue_id: int
) -> None:
    assert "bara Skåne" in text_of(officer.get(f"/nummer/{issue_id}"))

    changed = post(
        "inslag", article=article(sessions, "Ledare"), form="teaser", audience="regions",
        region=["skane", "norra"], section="Sist", standing="y",
    )  # fmt: skip

    assert changed == 303
    with sessions() as session:
        item = session.get_one(Issue, issue_id).items[-1]
        assert (item.article.title, item.section, item.form) == ("Ledare", "Sist", ItemForm.TEASER)
        assert item.standing
        assert item.audience == Audience.of(["skane", "norra"])
    told = text_of(officer.get(f"/nummer/{issue_id}"))
    assert "Puff · bara Norra och Skåne · stående" in told


def test_regions_must_be_chosen_and_must_exist(
    post: Post, officer: Visitor, sessions: sessionmaker[Session], issue_id: int
) -> None:
    ledare = article(sessions, "Ledare")
    before = order(sessions, issue_id)

    assert post("inslag", article=ledare, form="full", audience="regions", section="Först") == 422
    gone = post("inslag", article=ledare, form="full", audience="regions", region="mars", section="Först")
    assert gone == 404
    assert order(sessions, issue_id) == before


def test_an_item_is_taken_out_and_put_back_by_undo(
    officer: Visitor, post: Post, sessions: sessionmaker[Session], issue_id: int
) -> None:
    assert post("inslag", article=article(sessions, "Ledare"), do="remove") == 303
    assert "”Ledare” togs bort" in text_of(officer.get(f"/nummer/{issue_id}"))

    assert post("angra") == 303
    assert [title for title, _ in order(sessions, issue_id)] == ["Ledare", "Reportage", "Skånskt"]
    assert "avsnittet ”sist” lades till" in text_of(officer.get(f"/nummer/{issue_id}")).lower()


def test_when_nothing_is_left_to_undo_the_page_says_so(post: Post) -> None:
    statuses = [post("angra") for _ in range(5)]

    assert statuses == [303, 303, 303, 303, 422]


def test_sections_are_added_renamed_and_removed(
    post: Post, sessions: sessionmaker[Session], issue_id: int
) -> None:
    assert post("avsnitt", do="add", name="Mitten") == 303
    assert post("avsnitt", do="rename", was="Först", name="Början") == 303
    assert post("avsnitt", do="remove", was="Sist") == 303
    assert post("avsnitt", do="remove", was="Början") == 422

    with sessions() as session:
        assert session.get_one(Issue, issue_id).sections == ["Början", "Mitten"]


def test_words_that_will_not_do_come_back_as_they_were_written(
    officer: Visitor, sessions: sessionmaker[Session], issue_id: int
) -> None:
    fields = {"seen": seen(sessions, issue_id), "title": "<i>Ny</i>", "subject": "", "preheader": "p"}

    answer = officer.post_form(f"/nummer/{issue_id}/ord", fields)

    assert answer.status_code == 422
    assert "Numret saknar ämnesrad" in answer.text
    assert 'value="&lt;i&gt;Ny&lt;/i&gt;"' in answer.text


def test_two_who_save_are_told_of_each_other_and_nothing_is_overwritten(
    officer: Visitor, karin: Visitor, sessions: sessionmaker[Session], issue_id: int
) -> None:
    both_saw = seen(sessions, issue_id)
    words = {"seen": both_saw, "subject": "Våren", "preheader": ""}
    assert karin.post_form(f"/nummer/{issue_id}/ord", {**words, "title": "Hilmas"}).status_code == 303

    answer = officer.post_form(f"/nummer/{issue_id}/ord", {**words, "title": "Bos"})

    assert answer.status_code == 409
    assert "Inget av ditt har sparats" in answer.text
    assert "Hilma Virtanen: titeln ändrades" in text_of(answer)
    assert 'value="Bos"' in answer.text  # what was written is not lost
    with sessions() as session:
        assert session.get_one(Issue, issue_id).title == "Hilmas"


def test_a_form_without_a_revision_overwrites_nothing_either(
    officer: Visitor, sessions: sessionmaker[Session], issue_id: int
) -> None:
    for given in ({}, {"seen": "x"}, {"seen": "-1"}, {"seen": "9" * 30}):
        fields = {"title": "Annat", "subject": "Annat", **given}
        assert officer.post_form(f"/nummer/{issue_id}/ord", fields).status_code in (409, 422)

    with sessions() as session:
        assert session.get_one(Issue, issue_id).title == "Marsnumret"


def test_who_has_it_open_is_seen_by_the_other_and_told_what_is_new(
    officer: Visitor, karin: Visitor, post: Post, sessions: sessionmaker[Session], issue_id: int
) -> None:
    before = seen(sessions, issue_id)
    assert "har också numret öppet" not in officer.get(f"/nummer/{issue_id}").text

    karin.post_form(f"/nummer/{issue_id}/har", {"seen": before})
    assert "Hilma Virtanen har också numret öppet" in officer.get(f"/nummer/{issue_id}").text
    post("avsnitt", do="add", name="Nytt")
    told = text_of(karin.post_form(f"/nummer/{issue_id}/har", {"seen": before}))

    assert "Bo Öberg: the section “Nytt” was added" in told  # Hilma reads English
    assert "Load it again" in told


def test_a_look_is_kept_through_a_change(
    officer: Visitor, sessions: sessionmaker[Session], issue_id: int
) -> None:
    fields = {
        "seen": seen(sessions, issue_id),
        "do": "add",
        "name": "Nytt",
        "look": "?version=skane&lage=dark",
    }

    answer = officer.post_form(f"/nummer/{issue_id}/avsnitt", fields)

    assert answer.headers["location"] == f"/nummer/{issue_id}?klart=section&version=skane&lage=dark"


@pytest.mark.parametrize(
    "carried_text",
    ["?version=../../x&som=1%27--&bredd=9&lage=%00&visa=<x>&sprak=de", "&" * 500, "%" * 399, ""],
)
def test_a_look_that_makes_no_sense_is_the_usual_one(
    officer: Visitor, sessions: sessionmaker[Session], issue_id: int, carried_text: str
) -> None:
    look = carried(carried_text)
    assert (look.person, look.width, look.scheme, look.view, look.language) == (
        None, "phone", "light", "letter", "sv",
    )  # fmt: skip

    assert officer.get(f"/nummer/{issue_id}?{carried_text[1:]}").status_code == 200


def test_who_reads_is_chosen_by_a_search_and_seen_by_name(
    officer: Visitor, cast: Cast, issue_id: int
) -> None:
    found = officer.get(f"/nummer/{issue_id}?lasare=Anna").text
    assert f"som={cast.anna}" in found

    page = text_of(officer.get(f"/nummer/{issue_id}?som={cast.anna}&visa=text"))

    assert "Som Anna Åkesson får det" in page
    assert "Hej Anna" in page
    assert "Skånskt" in page


def test_the_version_says_what_it_lacks(officer: Visitor, issue_id: int) -> None:
    common, skane = (text_of(officer.get(f"/nummer/{issue_id}{look}")) for look in ("", "?version=skane"))

    assert "bara Skåne · syns inte i den här versionen" in common
    assert "syns inte i den här versionen" not in skane
    assert "Som Skåne får det" in skane


def test_an_issue_that_is_locked_offers_no_changes(
    officer: Visitor, post: Post, sessions: sessionmaker[Session], issue_id: int
) -> None:
    with sessions.begin() as session:
        session.get_one(Issue, issue_id).status = issues.IssueStatus.SCHEDULED

    page = officer.get(f"/nummer/{issue_id}").text

    assert "Innehållet är låst" in page
    assert "/flytta" not in page
    assert post("avsnitt", do="add", name="Nytt") == 422


def test_a_lead_does_not_get_to_the_desk(lead: Visitor, issue_id: int) -> None:
    for place in ("", "/brev", "/matris"):
        assert lead.get(f"/nummer/{issue_id}{place}").status_code == 404
    for place in ("ord", "lagg-till", "flytta", "inslag", "avsnitt", "angra", "har"):
        assert lead.post_form(f"/nummer/{issue_id}/{place}", {"seen": "1"}).status_code == 404
    for path in ("/nummer", "/nummer/nytt", "/arsplan"):
        assert lead.get(path).status_code == 404


@pytest.mark.parametrize("wanted", ["999999", "0", "99999999999999999999"])
def test_an_issue_that_is_not_there_is_no_page(officer: Visitor, wanted: str) -> None:
    assert officer.get(f"/nummer/{wanted}").status_code in (400, 404)


@pytest.mark.parametrize("wanted", ["0", "x", "", "9" * 30, "1; DROP TABLE items"])
def test_an_article_that_is_not_there_is_refused(post: Post, wanted: str) -> None:
    assert post("lagg-till", article=wanted) == 404
    assert post("flytta", article=wanted, do="up") == 404


def test_nothing_that_people_write_becomes_html(
    officer: Visitor, post: Post, sessions: sessionmaker[Session], issue_id: int
) -> None:
    post("lagg-till", article=article(sessions, "<b>Fet</b>"))
    post("avsnitt", do="add", name="<script>alert(1)</script>")
    post("ord", title='"><img src=x>', subject="'\"><svg onload=x>", preheader="")

    for path in (f"/nummer/{issue_id}", f"/nummer/{issue_id}/matris", "/nummer", "/arsplan", "/nummer/nytt"):
        page = officer.get(path).text
        for evil in ("<b>Fet", "<script>alert", "<img src=x", "<svg onload"):
            assert evil not in page, path


def test_words_say_who_did_it(
    sessions: sessionmaker[Session], officer: Visitor, post: Post, issue_id: int
) -> None:
    post("avsnitt", do="add", name="Nytt")

    assert "Senast: Bo Öberg: avsnittet ”Nytt” lades till" in text_of(officer.get(f"/nummer/{issue_id}"))


def test_the_desk_opens_without_a_check_and_asks_for_it_afterwards(
    app: App, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = app.now()
    with app.sessions.begin() as session:
        issue = issues.create(session, title="Mars", subject="Re: Vår", preheader="Allt.", now=now)
        article = Article(title="Skörd & fest", body="Klicka här nu.", created_at=now, updated_at=now)
        session.add(article)
        session.flush()
        items.add(session, issue_id=issue.id, article_id=article.id, now=now)
        place = f"/nummer/{issue.id}"

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the desk must open at once")

    with monkeypatch.context() as patch:
        patch.setattr("newsletter.services.preflight.look", never)
        page = officer.get(place).text
    assert f'hx-get="../nummer/{issue.id}?kontroll=ja"' in page
    assert f'href="../nummer/{issue.id}/kontroll"' in page  # without a script

    panel = officer.get(f"{place}?kontroll=ja").text.split('id="checks"')[1].split('class="seen-head"')[0]
    assert "saker att se över" in panel
    assert f"../artiklar/{article.id}#body" in panel
    assert f"../nummer/{issue.id}#subject" in panel
    assert "hx-get" not in panel

    with app.sessions.begin() as session:
        issue = session.get_one(Issue, issue.id)
        issue.subject, issue.items[0].article.body = "Vårens träffar", "Kära {{ namn }}."
    panel = officer.get(f"{place}?kontroll=ja").text.split('id="checks"')[1].split('class="seen-head"')[0]
    assert "En sak hindrar att numret går" in panel
    assert "<details open>" in panel

    with app.sessions.begin() as session:
        session.get_one(Issue, issue.id).items[0].article.body = "Ta med stövlar."
    panel = officer.get(f"{place}?kontroll=ja").text.split('id="checks"')[1].split('class="seen-head"')[0]
    assert "<details" not in panel
