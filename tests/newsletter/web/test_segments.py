"""An officer writes a rule, sees what it means and whom it selects, and keeps it."""

from newsletter.app import App
from subscribers.core.authority import Everything
from subscribers.services import segments
from tests.newsletter.web.visitors import Visitor

EVERYONE = Everything("the tests look")


def test_a_rule_is_tried_kept_and_taken_away(app: App, officer: Visitor) -> None:
    tried = officer.get("/urval/prova", params={"regel": "region: Skåne"}).text
    assert "3 personer just nu" in tried
    assert "Anna Åkesson" in tried

    kept = officer.post_form("/urval", {"name": "Skåningar", "regel": "region: Skåne"})
    page = officer.get(kept.headers["location"]).text
    assert "Urvalet är sparat." in page
    assert "Skåningar" in page

    officer.post_form("/urval/ta-bort", {"name": "Skåningar"})
    assert "Inga urval än" in officer.get("/urval").text


def test_without_scripts_the_button_counts_and_keeps_nothing(app: App, officer: Visitor) -> None:
    text = officer.post_form("/urval", {"name": "X", "regel": "region: Norra", "do": "try"}).text

    assert "2 personer just nu" in text
    with app.readers() as session:
        assert not segments.all_segments(session, scope=EVERYONE)


def test_a_mistake_is_pointed_at_and_what_was_written_stays(officer: Visitor) -> None:
    answer = officer.post_form("/urval", {"name": "Fel", "regel": "region: Atlantis"})

    assert answer.status_code == 422
    assert "Atlantis" in answer.text
    assert 'value="Fel"' in answer.text
    assert 'class="wrong"' in officer.get("/urval/prova", params={"regel": "((("}).text


def test_a_rule_is_text_and_nothing_else(officer: Visitor) -> None:
    for hostile in ("<script>alert(1)</script>", "tagg: '; DROP TABLE subscribers; --", "x" * 50_000):
        text = officer.get("/urval/prova", params={"regel": hostile[:6000]}).text
        assert "<script>alert" not in text


def test_a_lead_has_no_segments_of_the_association(lead: Visitor) -> None:
    assert lead.get("/urval").status_code == 404
    assert lead.get("/urval/prova", params={"regel": "region: Norra"}).status_code == 404
    assert lead.post_form("/urval", {"name": "X", "regel": "region: Norra"}).status_code == 404
