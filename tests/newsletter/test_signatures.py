"""Mail that we sign ourselves: every letter and note as it arrives, and nothing where there is no key."""

from collections.abc import Iterator
from pathlib import Path

import dkim
import pytest
import time_machine

from newsletter import jobs, permitting, sending
from newsletter.app import App
from newsletter.errors import SendingRefused
from newsletter.mail import signing
from newsletter.mail.sink import Sink
from newsletter.services import notes, releases
from subscribers.core.authority import Everything
from tests import office
from tests.cast import Cast
from tests.conftest import NOON
from tests.letterpress import set_issue

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FROM = "nytt@appel.example"


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    (tmp_path / "sink").mkdir()
    with Sink(tmp_path / "sink", 0, now=lambda: NOON) as sink:
        yield sink


@pytest.fixture
def app(
    tmp_path: Path, database_url: str, sink: Sink, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> Iterator[App]:
    monkeypatch.setattr(App, "now", lambda _: NOON)
    own = {"SINK_PORT": sink.port, "DKIM": "own", "FROM_ADDRESS": FROM}
    with office.opened(tmp_path, database_url, **own) as app:
        yield app


def test_letters_and_notes_arrive_with_signatures_that_hold(app: App, cast: Cast, tmp_path: Path) -> None:
    key = signing.make(app.paths.dkim, address=FROM, selector="e", ed25519=True)
    with app.sessions.begin() as session:
        issue_id = set_issue(session, list_id=cast.newsletter, now=NOON)
        releases.release(session, scope=Everything("a test"), issue_id=issue_id, now=NOON)
        values = {"link": "https://brev.example/x", "name": "Kim"}
        notes.queue(session, kind="sign-in", to="kim@appel.example", language="sv", values=values, now=NOON)
    with sending.open_sender(app) as sender:
        accepted = sending.send_due(sender, limit=99).accepted
    jobs.post_notes(app)

    arrived = [path.read_bytes() for path in (tmp_path / "sink").glob("*.eml")]
    assert len(arrived) == accepted + 1 > 3
    for mail in arrived:
        assert mail.startswith(b"DKIM-Signature: v=1; a=ed25519-sha256;")
        with time_machine.travel(NOON):  # a signature of the future is none
            assert dkim.verify(mail, dnsfunc=lambda name, timeout=5: key.record.encode())


def test_where_we_should_sign_and_have_no_key_nothing_is_sent(app: App) -> None:
    with pytest.raises(SendingRefused, match=r"ingen nyckel för appel\.example"):
        permitting.check_sending(app)


def test_a_key_for_another_domain_is_none(app: App) -> None:
    signing.make(app.paths.dkim, address="a@annan.example", selector="e", ed25519=True)

    with pytest.raises(SendingRefused, match=r"ingen nyckel för appel\.example"):
        permitting.check_sending(app)
