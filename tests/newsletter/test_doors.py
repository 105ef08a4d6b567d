"""What stands open takes mail to the addresses that are set now, the regions' own among them."""

import smtplib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from newsletter import doors
from newsletter.app import App
from newsletter.mail import spool
from newsletter.services import organisation
from subscribers.models import Region
from subscribers.services import role_addresses
from tests import office
from tests.conftest import NOON
from tests.office import on_sqlite

SETTINGS = {
    "FROM_ADDRESS": "nytt@eken.example",
    "CONTACT_ADDRESS": "kontakt@eken.example",
    "BOUNCE_ADDRESS": "studs@eken.example",
    "INBOUND_ADDRESS": "svar@eken.example",
    "ARTICLES_ADDRESS": "artiklar@eken.example",
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def app(tmp_path: Path, database_url: str) -> Iterator[App]:
    with office.opened(tmp_path, database_url, **SETTINGS, INBOUND_LMTP_PORT=free_port()) as app:
        yield app


@on_sqlite
def test_what_comes_to_an_address_of_ours_lies_in_the_spool(app: App) -> None:
    with app.sessions.begin() as session:
        session.get_one(Region, "skane").address = "skane@eken.example"
    ours = [*SETTINGS.values(), "skane@eken.example"]
    with doors.standing_open(app), smtplib.LMTP("127.0.0.1", app.settings.inbound_lmtp_port) as client:
        for number, address in enumerate(ours):
            client.sendmail("anna@lund.example", [address], f"Subject: {number}\r\n\r\nHej\r\n")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("anna@lund.example", ["norra@eken.example"], "Subject: x\r\n\r\nHej\r\n")

    waiting = spool.waiting(app.paths.inbound)
    assert len(waiting) == len(ours)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", app.settings.inbound_lmtp_port), timeout=1)


@on_sqlite
def test_where_no_port_is_set_nothing_listens(tmp_path: Path, database_url: str) -> None:
    with office.opened(tmp_path, database_url) as app, doors.standing_open(app):
        pass


@on_sqlite
def test_an_address_that_is_set_while_it_runs_counts_within_ten_seconds(app: App) -> None:
    seconds = [0.0]
    doorkeeper = doors.Doorkeeper(app, lambda: seconds[0])
    assert not doorkeeper().takes("ny@eken.example")
    with app.sessions.begin() as session:
        standing = {name: getattr(app.settings, name) for name in organisation.NAMES}
        given = {"contact_address": "ny@eken.example"}
        organisation.keep(session, given=given, standing=standing, now=NOON)

    seconds[0] = 9.9
    assert not doorkeeper().takes("ny@eken.example")
    seconds[0] = 10.0
    assert doorkeeper().takes("ny@eken.example")


@on_sqlite
def test_while_the_database_does_not_answer_what_was_known_last_counts(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(role_addresses, "of_regions", gone)
    doorkeeper = doors.Doorkeeper(app)

    assert doorkeeper().takes("svar@eken.example")
    assert not doorkeeper().takes("anna@lund.example")
