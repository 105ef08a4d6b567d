"""The form that an association puts on a site of its own signs people up, and still refuses machines."""

import re
from html import unescape

from sqlalchemy import select
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.web import sign_up
from subscribers.models import SignUp
from tests.cast import Cast
from tests.newsletter.web.visitors import Visitor


def test_the_snippet_signs_up_from_another_site_and_its_trap_refuses(
    app: App, officer: Visitor, stranger: TestClient, cast: Cast
) -> None:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", officer.get("/listor").text, re.DOTALL)
    assert found
    code = unescape(found[1])
    assert f'action="{app.settings.base_url}/prenumerera"' in code
    assert not re.search(r"<script|style|<img|\son\w+=", code)
    names = re.findall(r'name="([^"]*)"', code)
    assert names == ["address", sign_up.TRAP]
    other = {"Origin": "https://forening.example", "Sec-Fetch-Site": "cross-site"}

    for trap, address in (("machine", "robot@lund.example"), ("", "ny@lund.example")):
        answer = stranger.post(
            "/prenumerera", data=dict(zip(names, (address, trap), strict=True)), headers=other
        )
        assert answer.status_code == 200

    with app.readers() as session:
        assert session.scalars(select(SignUp.address)).all() == ["ny@lund.example"]
