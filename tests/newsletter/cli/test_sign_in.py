"""``rundbrev signin-link`` lets people in when no mail gets through."""

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from newsletter import cli
from newsletter.app import build
from newsletter.settings import load
from newsletter.web.site import make_site
from subscribers.models import RoleName
from subscribers.services import roles
from tests.cast import settle_in


@pytest.fixture
def signin_link(capsys, tmp_path, monkeypatch, migrated):
    """Type words after ``rundbrev signin-link`` in an association where Anna is officer and Bo is nobody."""
    monkeypatch.chdir(tmp_path)
    with build(load(Path("var"))) as app, app.sessions.begin() as session:
        cast = settle_in(session, now=app.now())
        everyone = app.everything("a test")
        roles.give(session, scope=everyone, subscriber_id=cast.anna, role=RoleName.OFFICER)

    def type_in(*words):
        with pytest.raises(SystemExit) as stopped:
            cli.main(("signin-link", *map(str, words)))
        out, err = capsys.readouterr()
        return stopped.value.code or 0, out, err

    type_in.cast = cast
    return type_in


def test_the_link_lets_the_person_in_once(signin_link):
    status, out, _ = signin_link(signin_link.cast.anna, "--json")
    path = "/logga-in/" + json.loads(out)["link"].rpartition("/")[2]

    assert status == 0
    with (
        build(load(Path("var")), migrate=False) as app,
        TestClient(make_site(app), base_url="http://brev.example", follow_redirects=False) as browser,
    ):
        assert browser.post(path, data={"do": "sign-in"}).status_code == 303
        assert "Anna Åkesson" in browser.get("/konto").text
        assert browser.post(path, data={"do": "sign-in"}).status_code == 410


def test_somebody_without_a_role_gets_none_and_is_told_how_to_get_one(signin_link):
    status, _, err = signin_link(signin_link.cast.bo)

    assert status == 1
    assert "rundbrev roles give" in err


def test_an_unknown_person_is_told_of(signin_link):
    assert signin_link(9999)[0] == 1
