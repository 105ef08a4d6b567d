"""The officer presses a button, and sees what is wrong, unsure and good, with what to tell whom."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from newsletter import doctoring
from newsletter.app import App
from newsletter.core.health.checks import Check, Group, Level, Record
from newsletter.services import check_ups
from subscribers.models import RoleName
from tests.cast import Cast
from tests.nameserver import NameServer
from tests.newsletter.web.visitors import Visitor, appoint, signed_in
from tests.office import on_sqlite

pytestmark = on_sqlite
PAGE = "/forening/halsa"


@pytest.fixture
def asking(app: App) -> Iterator[App]:
    """An association whose DNS is ours, with nothing in it."""
    with NameServer({}) as dns:
        settings = replace(
            app.settings, dns_server=dns.address, from_address="brev@applen.example",
            base_url="http://127.0.0.1:1",
        )  # fmt: skip
        yield replace(app, settings=settings)


def test_a_check_up_is_made_and_shown_with_records_to_paste(asking: App, cast: Cast) -> None:
    appoint(asking, cast.bo, RoleName.OFFICER)
    with signed_in(asking, cast.bo) as visitor:
        assert "Ingen kontroll är gjord än" in visitor.get(PAGE).text

        answer = visitor.post_form(PAGE)
        page = visitor.get(PAGE).text

    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert "saker är fel</h2>" in page
    assert 'class="verdict red"' in page
    assert "Fel · Domänen i DNS" in page
    assert ">v=DMARC1; p=none</textarea>" in page
    assert "Säg till den som sköter DNS för applen.example" in page
    assert "hx-trigger" not in page
    assert page.index("Fel · ") < page.index("Osäkert · ") < page.index("Bra · ")


def test_a_check_up_that_goes_on_shows_how_far_it_is(app: App, officer: Visitor) -> None:
    begun = doctoring.begin(app, actor="Bo")
    assert begun is not None

    page = officer.get(PAGE).text

    assert "Kontrollen pågår" in page
    assert f'<progress max="{len(begun.tasks)}" value="0"' in page
    assert 'hx-trigger="every 3s"' in page


def test_what_a_server_said_is_shown_as_text(app: App, officer: Visitor) -> None:
    with app.sessions.begin() as session:
        number = check_ups.begin(session, planned=1, actor="Bo", now=app.now())
        check = Check(
            Group.DOMAIN, "spf", Level.RED, "{domain} {term}", "", {"domain": "a", "term": "<b>x</b>"},
            (Record("a.example", "TXT", "</textarea><script>"),), "<i>svar</i>",
        )  # fmt: skip
        check_ups.note(session, check_up_id=number, checks=[check])
        check_ups.end(session, check_up_id=number, now=app.now())

    page = officer.get(PAGE).text

    assert "<b>x</b>" not in page
    assert "<i>svar</i>" not in page
    assert "<script>" not in page
    assert "&lt;/textarea&gt;&lt;script&gt;" in page


def test_a_lead_does_not_see_it(lead: Visitor) -> None:
    assert lead.get(PAGE).status_code == 404
    assert lead.post_form(PAGE).status_code == 404
