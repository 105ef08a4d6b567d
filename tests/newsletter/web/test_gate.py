"""Who gets through to which page: every route with every role, against the table of authority."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.web import menu
from newsletter.web.gate import ByKey, Everyone, Gate, LocalOnly, LocalOr, May, SignedIn, Themselves
from subscribers.core.authority import Act, Reach, reach_of
from subscribers.models import RoleName
from subscribers.services import roles
from tests import office
from tests.cast import Cast
from tests.newsletter.web.test_site import addresses, routes
from tests.newsletter.web.visitors import Visitor, appoint, signed_in

__all__ = ["addresses"]

#: What a page answers to somebody who got through its gate, whatever became of their wish.
_WITHIN = (200, 303, 400, 409, 410, 413, 415, 422, 429)


def gate_of(route: object) -> Gate:
    """Return the gate of a route. Raises ``AssertionError`` for a route without one."""
    gates = [d.dependency for d in route.dependencies if isinstance(d.dependency, Gate)]  # type: ignore[attr-defined]
    assert len(gates) == 1, f"{route} must say who may come"
    return gates[0]


def test_every_route_says_who_may_come(app: App) -> None:
    kinds = {type(gate_of(route).access) for route in routes(app)}

    assert kinds <= {Everyone, ByKey, LocalOnly, LocalOr, Themselves, SignedIn, May}


@pytest.mark.parametrize("role", list(RoleName))
def test_a_role_comes_to_the_pages_of_its_acts_and_to_no_others(
    app: App, cast: Cast, addresses: dict[str, str], role: RoleName
) -> None:
    appoint(app, cast.bo, role, "norra" if role is RoleName.REGIONAL_LEAD else None)
    with signed_in(app, cast.bo) as visitor:
        for route in routes(app):
            access = gate_of(route).access
            if not isinstance(access, SignedIn | May) or route.path == "/logga-ut":
                continue
            wanted = isinstance(access, SignedIn) or any(
                reach_of(role, act) is not Reach.NOWHERE for act in (access.act, access.or_act) if act
            )
            status = _ask(visitor, route.methods, addresses[route.path])
            # A lead passes the gate for their own region; what the page holds of others is not there.
            # A form about nothing passes, too, and is about something that does not exist.
            may_miss = role is RoleName.REGIONAL_LEAD or "POST" in route.methods
            allowed = (*_WITHIN, 404) if may_miss and wanted else _WITHIN
            assert (status in allowed) if wanted else status == 404, f"{role} {route.path}: {status}"


def test_nobody_comes_to_a_page_for_people_with_a_role(
    app: App, addresses: dict[str, str], stranger: TestClient
) -> None:
    for route in routes(app):
        if isinstance(gate_of(route).access, SignedIn | May):
            if "POST" in route.methods:
                assert stranger.post(addresses[route.path], data={}).status_code == 401, route.path
            else:
                answer = stranger.get(addresses[route.path])
                assert answer.status_code == 303, route.path
                assert answer.headers["location"].startswith("/logga-in?vidare="), route.path


def test_a_form_without_its_token_changes_nothing(app: App, cast: Cast, addresses: dict[str, str]) -> None:
    for role in RoleName:
        appoint(app, cast.bo, role, "norra" if role is RoleName.REGIONAL_LEAD else None)
    with signed_in(app, cast.bo) as visitor:
        for route in routes(app):
            if isinstance(gate_of(route).access, SignedIn | May) and "POST" in route.methods:
                for given in ({"x": "1"}, {"csrf": ""}, {"csrf": "0" * 64}):
                    answer = visitor.post(addresses[route.path], data=given)
                    assert answer.status_code == 403, route.path


def test_what_is_local_is_there_for_whoever_may_see_it_from_elsewhere_and_for_nobody_else(
    app: App, cast: Cast, addresses: dict[str, str], stranger: TestClient
) -> None:
    local = [route for route in routes(app) if isinstance(gate_of(route).access, LocalOr)]
    assert len(local) >= 3
    with signed_in(app, cast.anna) as visitor:
        for role in RoleName:
            region = "norra" if role is RoleName.REGIONAL_LEAD else None
            appoint(app, cast.anna, role, region)
            wanted = reach_of(role, menu.SINK) is Reach.EVERYWHERE
            assert visitor.get("/sink").status_code == (200 if wanted else 404), role
            for route in local:
                assert wanted or visitor.get(addresses[route.path]).status_code == 404, f"{role} {route.path}"
            with app.sessions.begin() as session:
                everyone = app.everything("a test")
                roles.take(session, scope=everyone, subscriber_id=cast.anna, role=role, region=region)
    for route in local:
        assert stranger.get(addresses[route.path]).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_a_form_that_another_site_sends_is_refused_even_with_its_token(
    officer: Visitor, headers: dict[str, str]
) -> None:
    answer = officer.post_form("/konto/avsluta", {"do": "all"}, headers=headers)

    assert answer.status_code == 403


def test_a_form_of_our_own_is_taken_under_either_of_our_names(officer: Visitor) -> None:
    for origin in ("https://brev.applen.example", "http://127.0.0.1:8040"):
        answer = officer.post_form("/konto/avsluta", {"do": "all"}, headers={"origin": origin})
        assert answer.status_code == 303


def test_a_role_that_has_ended_opens_nothing_any_more(
    app: App, cast: Cast, make_lead: Callable[..., Visitor]
) -> None:
    visitor = make_lead()
    assert visitor.get("/").status_code == 200

    yesterday = office.today(app).replace(year=app.now().year - 1)
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane", until=yesterday)

    assert visitor.get("/").status_code == 303


@pytest.fixture
def make_lead(app: App, cast: Cast) -> Callable[..., Visitor]:
    """Anna, who leads Skåne; made when the test asks."""

    def make() -> Visitor:
        appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane")
        return signed_in(app, cast.anna)

    return make


def test_the_table_of_authority_is_what_gates_go_by(app: App) -> None:
    acts = {access.act for route in routes(app) if isinstance(access := gate_of(route).access, May | LocalOr)}

    assert acts <= set(Act)


def _ask(visitor: Visitor, methods: set[str], address: str) -> int:
    if "POST" in methods:
        return int(visitor.post_form(address).status_code)
    return int(visitor.get(address).status_code)
