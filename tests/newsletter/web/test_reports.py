"""Reports say what is known, leave out what is not, and show a lead the own region alone."""

import csv
import io

import pytest

from newsletter.app import App
from newsletter.models import DeliveryState, Issue
from newsletter.services import releases, summaries
from newsletter.services.reports import Figures, IssueReport
from newsletter.web import reports as pages
from subscribers.core.authority import Everything
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import rows, set_issue
from tests.newsletter.web.visitors import Visitor, key

ALL = Everything("a test")


@pytest.fixture
def gone(app: App, cast: Cast) -> int:
    """An issue of March 2030 that all have but Bo, and whose title is a formula."""
    with app.sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        session.get_one(Issue, issue_id).title = "=1+1"
        releases.release(session, scope=ALL, issue_id=issue_id, now=NOON)
        for who, row in rows(session, issue_id).items():
            if row.state is DeliveryState.QUEUED:
                row.state = DeliveryState.REFUSED if who == cast.bo else DeliveryState.ACCEPTED
    with app.sessions.begin() as session:
        summaries.write(session, scope=ALL, issue_id=issue_id, now=NOON)
    return issue_id


def read(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return answer.text


def test_the_year_is_told_issue_by_issue_and_region_by_region(officer: Visitor, gone: int) -> None:
    page = read(officer, "/rapporter")

    assert "Rapporter 2030" in page
    assert "Ett utskick, 3 brev överlämnade" in page
    assert f"rapporter/nummer/{gone}" in page
    assert "Skåne" in page
    assert "Vi mäter inte vem som öppnar breven." in page


def test_what_nobody_has_counted_is_a_dash(officer: Visitor, gone: int) -> None:
    page = read(officer, f"/rapporter/nummer/{gone}")

    assert "inte räknat" in page
    assert "saknar e-postadress" in page


def test_the_board_gets_a_page_with_the_sentence(officer: Visitor, gone: int) -> None:
    page = read(officer, "/rapporter/2030/styrelsen")

    main = page.partition("<main")[2].partition("</main>")[0]
    assert "Våra brev 2030" in main
    assert "Vi mäter inte vem som öppnar breven." in main
    assert "Det senaste nådde 3 mottagare" in main


def test_the_table_for_a_spreadsheet_takes_no_name_for_a_formula(officer: Visitor, gone: int) -> None:
    answer = officer.get("/rapporter/2030/tabell.csv")

    assert answer.headers["content-disposition"] == 'attachment; filename="rapport-2030.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    found = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    skane = next(row for row in found if row["Region"] == "Skåne")
    assert skane["Titel"] == "'=1+1"
    assert (skane["Överlämnat"], skane["Avvisat"], skane["Studsat"], skane["Svar"]) == ("2", "0", "", "")


def test_a_lead_sees_and_takes_home_the_own_region_only(app: App, lead: Visitor, gone: int) -> None:
    for path in ("/rapporter", "/rapporter/2030/styrelsen", f"/rapporter/nummer/{key(app, gone)}"):
        page = read(lead, path)
        assert "Skåne" in page
        for other in ("Norra", "Väst", "Ingen region"):
            assert other not in page, path
    found = csv.DictReader(
        io.StringIO(lead.get("/rapporter/2030/tabell.csv").content.decode("utf-8-sig")), delimiter=";"
    )
    assert {row["Region"] for row in found} == {"Skåne"}
    assert "2 brev överlämnade" in read(lead, "/rapporter")


def test_a_year_without_letters_says_so(officer: Visitor) -> None:
    assert "Inget har gått ut i år" in read(officer, "/rapporter")
    assert "Inget gick ut det året." in read(officer, "/rapporter/1999/styrelsen")
    assert officer.get("/rapporter/nummer/999").status_code == 404
    assert officer.get("/rapporter/nej").status_code == 404


def test_bars_are_drawn_in_the_measure_of_the_largest() -> None:
    def report(number: int, accepted: int, refused: int) -> IssueReport:
        from collections import Counter

        figures = Figures(accepted + refused, Counter({"accepted": accepted, "refused": refused}))
        name = f"Nyhetsbrevet {number}/2030"
        return IssueReport(
            number, name, "", NOON, is_closed=True, is_paused=False, is_stopped=False, total=figures,
            by_region={},
        )  # fmt: skip

    small, large = pages.bars([report(1, 30, 0), report(12, 50, 10)])

    assert (small.accepted, small.refused, small.label) == (pages.HEIGHT / 2, 0, "1")
    assert large.accepted + large.refused == pytest.approx(pages.HEIGHT)
    assert (large.label, large.x) == ("12", pages.STEP)
    assert pages.bars([]) == []
