"""People who are signed in: a browser each, with its session, and forms that carry their token."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.services import sessions
from newsletter.services.sessions import Device
from newsletter.web import visits
from newsletter.web.site import make_site
from subscribers.core import tokens
from subscribers.core.authority import Everything
from subscribers.core.tokens import Purpose
from subscribers.models import RoleName
from subscribers.services import roles

#: For tests of pages that must hold on both databases by themselves: the ways out, signing in, all routes.
ON_BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)

ELSEWHERE = "https://brev.applen.example"


class Visitor(TestClient):
    """Somebody's browser. It follows no redirects, so that a test sees them."""

    token: str

    def post_form(self, path: str, fields: Mapping[str, object] | None = None, **more: object) -> Response:
        """Send a form as a page of ours would."""
        return self.post(path, data={"csrf": self.token, **(fields or {})}, **more)  # type: ignore[arg-type]


def appoint(
    app: App, person: int, role: RoleName, region: str | None = None, *, until: date | None = None
) -> int:
    """Give a person a role, and return their id."""
    everyone = Everything("the tests appoint people")
    with app.sessions.begin() as session:
        roles.give(session, scope=everyone, subscriber_id=person, role=role, region=region, ends_on=until)
    return person


def in_earnest(app: App) -> App:
    """Return the application as it is where letters really go."""
    settings = replace(
        app.settings, smtp_host="smtp.applen.example", from_address="brev@applen.example",
        base_url=ELSEWHERE, postal_address="Storgatan 1, 222 22 Lund",
    )  # fmt: skip
    return replace(app, settings=settings)


def signed_in(app: App, person: int) -> Visitor:
    """Return a browser in which this person is signed in, somewhere on the Internet."""
    secret = f"a secret of person {person}"
    with app.sessions.begin() as session:
        sessions.open_session(
            session, subscriber_id=person, secret=secret, device=Device("a device", "Firefox · Linux"),
            now=app.now(),
        )  # fmt: skip
    site = make_site(app)
    visitor = Visitor(site, base_url=ELSEWHERE, client=("203.0.113.9", 50000), follow_redirects=False)
    visitor.cookies.set(visits.cookie_name(site.state.site), secret)
    visitor.token = visits.form_token(secret)
    return visitor


def key(app: App, number: int) -> str:
    """What stands for a row's number in the addresses of somebody who sees a part of the association."""
    return tokens.make(app.keyring, Purpose.ROW, number)
