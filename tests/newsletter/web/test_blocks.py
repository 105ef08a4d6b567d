"""A lead writes the region's block by the link in the mail; the link opens that block, and nothing else."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from sqlalchemy import select, update
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.models import Block, BlockLink, BlockState, Issue, Note
from newsletter.services import block_links, block_requests, blocks
from newsletter.web import secrets
from subscribers.core.authority import Everything
from subscribers.models import RoleName
from subscribers.services import roles
from tests import office
from tests.cast import Cast
from tests.newsletter.blockwork import an_issue
from tests.newsletter.web.visitors import Visitor, appoint, signed_in

ALL = Everything("test")


def ask(app: App, *, days: int = 10) -> dict[str, int]:
    """Ask for blocks of an issue whose last day is in so many days; return their ids by region."""
    today = office.today(app)
    with app.sessions.begin() as session:
        issue_id = an_issue(session, app.now(), deadline=today + timedelta(days=max(days, 0)))
        made = block_requests.open_round(session, issue_id=issue_id, today=today, now=app.now())
        session.get_one(Issue, issue_id).deadline = today + timedelta(days=days)
        return {block.region: block.id for block in made}


def link(app: App, block_id: int, person: int) -> str:
    secret = secrets.new()
    with app.sessions.begin() as session:
        block_links.make(session, block_id=block_id, subscriber_id=person, secret=secret, now=app.now())
    return secret


def block_of(app: App, block_id: int) -> Block:
    with app.readers() as session:
        found = blocks.get(session, block_id=block_id)
        session.refresh(found, ["article", "issue"])
        if found.article is not None:
            session.refresh(found.article, ["images"])
        return found


def photo(kind: str = "JPEG", size: tuple[int, int] = (1500, 900)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "#446633").save(file, kind)
    return file.getvalue()


@pytest.fixture
def skane(app: App, cast: Cast) -> tuple[int, str]:
    """Anna leads Skåne and has a link to its block: the block's id, and the path of the link."""
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane")
    block_id = ask(app)["skane"]
    return block_id, f"/inslag/{link(app, block_id, cast.anna)}"


Writing = Callable[..., dict[str, object]]


@pytest.fixture
def fields() -> Writing:
    def make(
        title: str = "Vårens träffar", body: str = "Vi ses i Lund.", seen: int = 0, **more: object
    ) -> dict[str, object]:
        return {"title": title, "body": body, "byline": "Anna", "seen": seen, "do": "look", **more}

    return make


def test_the_link_shows_one_button_and_looking_changes_nothing(
    app: App, stranger: TestClient, skane: tuple[int, str]
) -> None:
    block_id, at = skane
    for _ in range(2):
        page = stranger.get(at)
        assert stranger.head(at).status_code == 200
    assert page.status_code == 200
    assert page.text.count("<button") == 1
    assert "Ditt inslag till" in page.text

    for part in ("skriv", "titta", "brevet"):  # what scanners guess leads back to the button
        answer = stranger.get(f"{at}/{part}")
        assert (answer.status_code, answer.headers["location"]) == (303, at)
    assert stranger.post(f"{at}/skriv", data={"title": "x"}).headers["location"] == at
    assert block_of(app, block_id).opened_at is None


def test_a_lead_writes_looks_and_hands_in_and_takes_back(
    app: App, stranger: TestClient, skane: tuple[int, str], fields: Writing
) -> None:
    block_id, at = skane
    opened = stranger.post(at, data={"do": "open"})
    assert opened.headers["location"] == f"{at}/skriv"
    assert block_of(app, block_id).opened_at is not None
    page = stranger.get(f"{at}/skriv").text
    assert 'value="Anna Åkesson"' in page

    assert stranger.post(f"{at}/skriv", data=fields()).headers["location"] == f"{at}/titta"
    look = stranger.get(f"{at}/titta").text
    assert "Lämna in" in look
    letter = stranger.get(f"{at}/brevet")
    assert "Vi ses i Lund." in letter.text
    assert "bara i din regions brev" in letter.text
    assert "sandbox" in letter.headers["content-security-policy"]
    assert "__GREETING__" not in letter.text

    for _ in range(2):  # twice is once
        done = stranger.post(f"{at}/titta", data={"seen": "1", "do": "in"})
        assert done.headers["location"] == f"{at}/titta?klart=inlamnat"
    page = stranger.get(f"{at}/titta?klart=inlamnat").text
    assert "Inlämnat. Tack!" in page
    assert "Ta tillbaka" in page
    assert [item.article.title for item in items_of(app, block_id)] == ["Vårens träffar"]
    assert stranger.get(f"{at}/skriv").headers["location"] == f"{at}/titta"

    back = stranger.post(f"{at}/titta", data={"do": "back"})
    assert back.headers["location"] == f"{at}/skriv?klart=tillbaka"
    assert items_of(app, block_id) == []
    assert block_of(app, block_id).state is BlockState.TAKEN_BACK


def items_of(app: App, block_id: int) -> list:
    with app.readers() as session:
        items = list(blocks.get(session, block_id=block_id).issue.items)
        for item in items:
            session.refresh(item, ["article"])
        return items


def test_only_saving_keeps_a_draft(
    app: App, stranger: TestClient, skane: tuple[int, str], fields: Writing
) -> None:
    block_id, at = skane
    stranger.post(at, data={"do": "open"})

    answer = stranger.post(f"{at}/skriv", data=fields(do="save"))

    assert answer.headers["location"] == f"{at}/skriv?klart=sparat"
    page = stranger.get(answer.headers["location"]).text
    assert "Inget är inlämnat än" in page
    assert "Vi ses i Lund." in page
    assert items_of(app, block_id) == []


def test_a_link_that_is_forged_or_cut_off_opens_nothing_and_offers_a_new_one(
    stranger: TestClient, skane: tuple[int, str]
) -> None:
    _, at = skane
    for wrong in ("/inslag/x", at[:-1], f"{at}x", "/inslag/" + "x" * 500, "/inslag/%00", "/inslag/å"):
        answer = stranger.get(wrong)
        assert answer.status_code == 404, wrong
        assert "Skicka en ny länk" in answer.text
        assert stranger.post(wrong, data={"do": "open"}).status_code == 404
        assert stranger.get(f"{wrong}/skriv").status_code == 404
        assert stranger.post(f"{wrong}/skriv", data={"title": "x"}).status_code == 404
        assert stranger.post(f"{wrong}/titta", data={"do": "in"}).status_code == 404


def test_the_link_works_through_the_last_day_and_then_says_so(
    app: App, stranger: TestClient, skane: tuple[int, str], fields: Writing
) -> None:
    block_id, at = skane
    stranger.post(at, data={"do": "open"})
    today = app.now().astimezone(ZoneInfo(app.settings.time_zone)).date()
    set_day(app, block_id, today)
    assert stranger.post(f"{at}/skriv", data=fields()).status_code == 303

    set_day(app, block_id, today - timedelta(days=1))
    for path in (at, f"{at}/skriv", f"{at}/titta", f"{at}/brevet"):
        answer = stranger.get(path)
        assert answer.status_code == 410
        assert "Sista dagen var" in answer.text
        assert "Skicka en ny länk" in answer.text
        assert "Vi ses i Lund" not in answer.text
    assert stranger.post(f"{at}/titta", data={"seen": "1", "do": "in"}).status_code == 410
    assert items_of(app, block_id) == []

    set_day(app, block_id, today + timedelta(days=1))
    assert stranger.get(f"{at}/skriv").status_code == 200, "a day that is moved moves the link"


def set_day(app: App, block_id: int, day: date) -> None:
    with app.sessions.begin() as session:
        session.execute(update(Issue).where(Issue.id == block_issue(app, block_id)).values(deadline=day))


def block_issue(app: App, block_id: int) -> int:
    with app.readers() as session:
        return blocks.get(session, block_id=block_id).issue_id


def test_a_lead_who_leads_no_more_is_a_stranger(
    app: App, cast: Cast, stranger: TestClient, skane: tuple[int, str], fields: Writing
) -> None:
    _, at = skane
    stranger.post(at, data={"do": "open"})
    stranger.post(f"{at}/skriv", data=fields(body="HEMLIGT"))
    with app.sessions.begin() as session:
        roles.take(session, scope=ALL, subscriber_id=cast.anna, role=RoleName.REGIONAL_LEAD, region="skane")
    appoint(app, cast.cecilia, RoleName.REGIONAL_LEAD, "skane")

    unknown = stranger.get("/inslag/unknown")
    mine = stranger.get(at)
    assert mine.status_code == 404
    assert mine.text.replace(at.removeprefix("/inslag/"), "") == unknown.text.replace("unknown", "")
    assert "HEMLIGT" not in mine.text
    assert stranger.post(f"{at}/skriv", data=fields()).status_code == 404

    asked = stranger.post(f"{at}/ny-lank", data={"do": "new-link"})
    assert asked.status_code == 200
    [note] = notes(app)
    assert (note.kind, note.address) == ("block-link", "familjen@lund.example")
    fresh = re.search(r"/inslag/\S+", note.content["link"])[0]
    stranger.post(fresh, data={"do": "open"})
    assert "HEMLIGT" in stranger.get(f"{fresh}/skriv").text


def notes(app: App) -> list[Note]:
    with app.readers() as session:
        return list(session.scalars(select(Note).where(Note.kind.like("block-%")).order_by(Note.id)))


def test_the_answer_about_a_new_link_is_the_same_for_all_and_has_its_bounds(
    app: App, stranger: TestClient, skane: tuple[int, str]
) -> None:
    _, at = skane
    known, unknown = (
        stranger.post(f"{at}/ny-lank", data={"do": "new-link"}),
        stranger.post("/inslag/nothing/ny-lank", data={"do": "new-link"}),
    )
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    for _ in range(10):
        stranger.post(f"{at}/ny-lank", data={"do": "new-link"})
    assert len(notes(app)) == 3
    for _ in range(30):
        last = stranger.post(f"{at}/ny-lank", data={"do": "new-link"})
    assert last.status_code == 429


def test_after_the_last_day_the_new_mail_says_that_it_is_over(
    app: App, stranger: TestClient, skane: tuple[int, str]
) -> None:
    block_id, at = skane
    set_day(app, block_id, office.today(app) - timedelta(days=2))
    stranger.post(f"{at}/ny-lank", data={"do": "new-link"})
    [note] = notes(app)
    assert note.kind == "block-over"
    assert note.content["link"] == ""


def test_a_link_opens_no_other_block_and_shows_nothing_of_the_rest(
    app: App, cast: Cast, stranger: TestClient, skane: tuple[int, str], fields: Writing
) -> None:
    block_id, at = skane
    appoint(app, cast.bo, RoleName.REGIONAL_LEAD, "norra")
    with app.readers() as session:
        theirs = session.scalars(select(Block).where(Block.region == "norra")).one().id
    elsewhere = f"/inslag/{link(app, theirs, cast.bo)}"
    stranger.post(elsewhere, data={"do": "open"})
    stranger.post(f"{elsewhere}/skriv", data=fields(title="NORRAS", body="NORRAS TEXT"))
    stranger.post(f"{elsewhere}/titta", data={"seen": "1", "do": "in"})
    later = link(app, ask(app)["skane"], cast.anna)
    stranger.post(at, data={"do": "open"})
    stranger.post(f"/inslag/{later}", data={"do": "open"})
    stranger.post(f"/inslag/{later}/skriv", data=fields(body="I EN ANNAN MÅNAD"))

    stranger.post(f"{at}/skriv", data=fields())
    for path in (at, f"{at}/skriv", f"{at}/titta", f"{at}/brevet"):
        text = stranger.get(path).text
        assert "NORRAS" not in text
        assert "I EN ANNAN MÅNAD" not in text
        for name in ("Cecilia", "Öberg", "@lund.example", "@lulea.example"):
            assert name not in text, path
    assert stranger.get("/personer").status_code in (303, 401)
    assert stranger.get(f"/region-inslag/{block_id}/skriv").status_code == 303  # to the sign-in


def test_two_at_once_keep_both_texts(
    app: App, stranger: TestClient, skane: tuple[int, str], fields: Writing
) -> None:
    block_id, at = skane
    stranger.post(at, data={"do": "open"})
    stranger.post(f"{at}/skriv", data=fields(body="Annas."))

    late = stranger.post(f"{at}/skriv", data=fields(title="Min", body="Davids."))

    assert late.status_code == 409
    assert "Någon annan sparade" in late.text
    assert "Davids." in late.text
    assert "Annas." in late.text
    assert block_of(app, block_id).article.body == "Annas."  # type: ignore[union-attr]
    old = stranger.post(f"{at}/titta", data={"seen": "0", "do": "in"})
    assert old.status_code == 409


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
def test_a_photo_from_the_telephone_comes_along(
    app: App, stranger: TestClient, skane: tuple[int, str], fields: Writing, kind: str
) -> None:
    from pillow_heif import register_heif_opener

    register_heif_opener()
    block_id, at = skane
    stranger.post(at, data={"do": "open"})
    files = {"photo": ("IMG_1.HEIC", photo(kind), "image/heic")}

    stranger.post(f"{at}/skriv", data=fields(photo_alt="Äpplen i en korg"), files=files)

    [picture] = block_of(app, block_id).article.images  # type: ignore[union-attr]
    assert (picture.alt, picture.file[-4:]) == ("Äpplen i en korg", ".png" if kind == "?" else ".jpg")
    assert "data:image/jpeg;base64" in stranger.get(f"{at}/brevet").text
    again = fields(seen=block_revision(app, block_id), alt="Äpplen", remove="0")
    stranger.post(f"{at}/skriv", data=again)
    assert block_of(app, block_id).article.images == []  # type: ignore[union-attr]


def block_revision(app: App, block_id: int) -> int:
    with app.readers() as session:
        return blocks.revision_of(blocks.get(session, block_id=block_id))


def test_a_file_that_is_no_picture_takes_no_words_with_it(
    app: App, stranger: TestClient, skane: tuple[int, str], fields: Writing
) -> None:
    block_id, at = skane
    stranger.post(at, data={"do": "open"})
    files = {"photo": ("x.jpg", b"<script>alert(1)</script>", "image/jpeg")}

    answer = stranger.post(f"{at}/skriv", data=fields(), files=files)

    assert answer.status_code == 422
    assert "ingen bild" in answer.text
    assert block_of(app, block_id).article.body == "Vi ses i Lund."  # type: ignore[union-attr]
    assert 'value="1"' in answer.text, "the page carries the revision that was saved"


def test_what_is_too_large_is_refused_and_nothing_is_lost(
    app: App, stranger: TestClient, skane: tuple[int, str], fields: Writing
) -> None:
    block_id, at = skane
    stranger.post(at, data={"do": "open"})
    long = stranger.post(f"{at}/skriv", data=fields(body="å" * 20_001))
    assert long.status_code == 422
    assert "tecken lång" in long.text
    assert "å" * 100 in long.text
    huge = {"photo": ("x.jpg", b"\xff" * 26_000_000, "image/jpeg")}
    assert stranger.post(f"{at}/skriv", data=fields(), files=huge).status_code == 413
    assert block_of(app, block_id).article is None


def test_pasted_html_runs_nowhere(
    app: App, stranger: TestClient, skane: tuple[int, str], fields: Writing
) -> None:
    _, at = skane
    stranger.post(at, data={"do": "open"})
    stranger.post(
        f"{at}/skriv",
        data=fields(title="<script>a</script>", body='</textarea><script>b</script><img src=x onerror="c">'),
    )
    for path in ("skriv", "titta", "brevet"):
        text = stranger.get(f"{at}/{path}").text
        assert "<script>a" not in text
        assert "<script>b" not in text
        assert "<img src=x" not in text


def test_an_empty_title_comes_back_with_the_words(
    stranger: TestClient, skane: tuple[int, str], fields: Writing
) -> None:
    _, at = skane
    stranger.post(at, data={"do": "open"})
    answer = stranger.post(f"{at}/skriv", data=fields(title=" "))
    assert answer.status_code == 422
    assert "Vi ses i Lund." in answer.text


def test_secrets_of_links_stand_hashed(app: App, skane: tuple[int, str]) -> None:
    _, at = skane
    with app.readers() as session:
        [kept] = session.scalars(select(BlockLink.token_hash))
    assert at.removeprefix("/inslag/") not in kept
    assert re.fullmatch("[0-9a-f]{64}", kept)


def test_a_lead_who_reads_english_gets_english(app: App, cast: Cast, stranger: TestClient) -> None:
    appoint(app, cast.hilma, RoleName.REGIONAL_LEAD, "vast")
    at = f"/inslag/{link(app, ask(app)['vast'], cast.hilma)}"
    assert "Open it" in stranger.get(at).text
    stranger.post(at, data={"do": "open"})
    assert "Your part of the" in stranger.get(f"{at}/skriv").text


# --- Signed in ----------------------------------------------------------------------------------------------


def test_a_lead_who_is_signed_in_comes_from_the_start_page(
    app: App, cast: Cast, lead: Visitor, fields: Writing
) -> None:
    made = ask(app)
    at = f"/region-inslag/{made['skane']}"
    start = lead.get("/").text
    assert f'href=".{at}/skriv"' in start
    assert "inte påbörjat" in start

    assert lead.post_form(f"{at}/skriv", fields()).headers["location"] == f"{at}/titta"
    assert "påbörjat, inte inlämnat" in lead.get("/").text
    lead.post_form(f"{at}/titta", {"seen": "1", "do": "in"})
    assert f'href=".{at}/titta"' in lead.get("/").text

    for theirs in (made["norra"], 999):
        for path in ("skriv", "titta", "brevet"):
            assert lead.get(f"/region-inslag/{theirs}/{path}").status_code == 404
        assert lead.post_form(f"/region-inslag/{theirs}/skriv", fields()).status_code == 404
        assert lead.post_form(f"/region-inslag/{theirs}/titta", {"do": "in", "seen": "0"}).status_code == 404
    assert block_of(app, made["norra"]).article is None


def test_after_the_last_day_a_lead_reads_and_an_officer_writes(
    app: App, cast: Cast, lead: Visitor, officer: Visitor, fields: Writing
) -> None:
    block_id = ask(app, days=-1)["skane"]
    at = f"/region-inslag/{block_id}"

    assert lead.get(f"{at}/skriv").headers["location"] == f"{at}/titta"
    assert "Sista dagen var" in lead.get(f"{at}/titta").text
    late = lead.post_form(f"{at}/skriv", fields())
    assert late.status_code == 422
    assert "Vi ses i Lund." in late.text

    officer.post_form(f"{at}/skriv", fields())
    officer.post_form(f"{at}/titta", {"seen": "1", "do": "in"})
    assert block_of(app, block_id).state is BlockState.HANDED_IN


def test_another_lead_of_the_same_region_writes_the_same_block(
    app: App, cast: Cast, lead: Visitor, fields: Writing
) -> None:
    block_id = ask(app)["skane"]
    lead.post_form(f"/region-inslag/{block_id}/skriv", fields(body="Annas."))
    appoint(app, cast.cecilia, RoleName.REGIONAL_LEAD, "skane")
    with signed_in(app, cast.cecilia) as other:
        assert "Annas." in other.get(f"/region-inslag/{block_id}/skriv").text
