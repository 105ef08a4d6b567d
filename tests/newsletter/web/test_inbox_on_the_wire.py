"""A reply goes out to its owner as it is on the wire, and the clock's job reminds of it once."""

import email
import email.policy
from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header

import pytest

from newsletter import jobs, permitting, receiving
from newsletter.app import App
from newsletter.core.inbound.classifying import classify
from newsletter.core.inbound.fingerprints import fingerprint
from newsletter.mail import spool
from newsletter.mail.sink import Sink
from newsletter.models import InboundMail, Way
from newsletter.services import inbound
from newsletter.services.inbound import Received
from subscribers.models import RoleName
from tests.cast import Cast
from tests.incoming import written
from tests.newsletter.web.visitors import appoint

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_reply_from_the_spool_reaches_its_owner_by_smtp(app: App, cast: Cast) -> None:
    appoint(app, cast.bo, RoleName.OFFICER)
    raw = written("Åker ni dit?\n.\nslut", sender="Anna Åkesson <anna@lund.example>", subject="Fråga")
    spool.put(app.paths.inbound, raw, spool.Envelope("anna@lund.example", [], "pipe", app.now()))
    with Sink(app.paths.sink, 0, now=app.now) as sink:
        here = replace(app, settings=replace(app.settings, sink_port=sink.port))
        jobs.take_in_mail(here)
        assert jobs.post_notes(here) == 1
        assert jobs.post_notes(here) == 0
    (file,) = app.paths.sink.glob("*.eml")
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    house = app.settings
    # By the old parser: the new one puts a blank between two encoded words of a name (RFC 2047 6.2 has none).
    sender = email.message_from_bytes(file.read_bytes())["From"]
    assert str(make_header(decode_header(sender))) == (
        f"Anna Åkesson via {house.association_name} <{house.from_address}>"
    )
    assert (mail["To"], mail["Reply-To"]) == ("bo@lulea.example", "anna@lund.example")
    body = mail.get_body()
    assert body is not None
    assert "Åker ni dit?\n.\nslut" in body.get_content().replace("\r\n", "\n")


def test_the_clock_reminds_once_of_what_waits(app: App, cast: Cast) -> None:
    appoint(app, cast.bo, RoleName.OFFICER)
    settings = app.current()
    around = receiving.circumstances(app, house=permitting.house_of(settings), settings=settings)
    ago = app.now() - timedelta(days=4)
    raw = written("Åker ni dit?", sender="anna@lund.example")
    read = classify(
        raw, sender=None, recipients=[], ours=receiving.ours(settings), ring=app.keyring, today=ago.date()
    )
    received = Received(raw, fingerprint(raw), Way.PIPE, None, [], ago)
    with app.sessions.begin() as session:
        row = inbound.take_in(session, received=received, read=read, circumstances=replace(around, now=ago))
        assert row is not None
        mail_id = row.id
    assert jobs.remind_of_answers(app) == 1
    assert jobs.remind_of_answers(app) == 0
    with app.readers() as session:
        assert session.get_one(InboundMail, mail_id).reminded_at is not None
