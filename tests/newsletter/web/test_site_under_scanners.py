"""A storm of link scanners over every mail there is: they look at each link, many times, and nothing changes.

One world: an issue that went, and a note of every kind, sent over SMTP and read as they arrived. What a
scanner does: it asks with GET and HEAD, under any name, without cookies, again and again; some post, too.
"""

import email
import email.policy
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import inspect, select, text
from starlette.testclient import TestClient

from newsletter import jobs, sending
from newsletter.app import App
from newsletter.core.audiences import EVERYONE
from newsletter.mail.sink import Sink
from newsletter.models import Note
from newsletter.rendering.merge import templates_folder
from newsletter.services import (
    address_changes,
    address_claims,
    block_links,
    block_requests,
    confirmations,
    notes,
    own_pages,
    role_reminders,
    sign_ins,
)
from newsletter.services.block_requests import Mailing
from newsletter.services.confirmations import Choice
from newsletter.services.sessions import Device
from newsletter.web.site import make_site
from subscribers.core import tokens
from subscribers.core.authority import Everything, OnePerson
from subscribers.core.tokens import Purpose
from subscribers.models import RoleName, Subscriber
from subscribers.services import sign_ups
from tests import office
from tests.cast import Cast
from tests.newsletter.archives import drafted, planned
from tests.newsletter.blockwork import an_issue
from tests.newsletter.web.test_site import asked_to_review
from tests.newsletter.web.visitors import appoint
from tests.office import on_sqlite

pytestmark = on_sqlite

ALL = Everything("a test")

SCANNERS = (
    "Mozilla/5.0 (compatible; SafeLinks)",
    "BarracudaLinkProtect/1.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15",
    "",
)
TIMES = 2

#: What scanners that post send: nothing, what they find in no form of ours, and a form of another page's.
POSTS: tuple[Mapping[str, str], ...] = ({}, {"q": "test"}, {"do": "yes"}, {"email": "a@b.example", "do": ""})


@dataclass
class Storm:
    """What came by mail: every link by the kind of mail, and those that a mail program may post to."""

    links: dict[str, set[str]] = field(default_factory=dict)
    one_click: set[str] = field(default_factory=set)

    @property
    def paths(self) -> list[str]:
        """Every path of ours in any mail, once."""
        return sorted(set().union(*self.links.values()))


@pytest.fixture
def sent_to(app: App) -> Iterator[App]:
    """The application, with its practice mailbox open."""
    with Sink(app.paths.sink, 0, now=app.now) as sink:
        yield replace(app, settings=replace(app.settings, sink_port=sink.port))


def urls(content: str) -> set[str]:
    return {found.rstrip(".,;:") for found in re.findall(r"https?://[^\s\"'<>)]+", content)}


def mailed(app: App) -> Iterator[email.message.EmailMessage]:
    for file in sorted(app.paths.sink.glob("*.eml")):
        yield email.message_from_bytes(file.read_bytes(), policy=email.policy.default)  # type: ignore[misc]


def links_in(mail: email.message.EmailMessage) -> set[str]:
    """Return every link in both parts and in the headers, as scanners find them."""
    found = urls(str(mail["List-Unsubscribe"] or ""))
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            content = part.get_content()
            found |= urls(content) | {
                unescape(href) for href in re.findall(r'href="(https?:[^"]+)"', content)
            }
    return found


def collected(app: App) -> Storm:
    """Read the mailbox, and forget what is in it."""
    storm, base = Storm(), app.settings.base_url
    for mail in mailed(app):
        kind = str(mail["Subject"])
        ours = {url.removeprefix(base) or "/" for url in links_in(mail) if url.startswith(base)}
        storm.links.setdefault(kind, set()).update(ours)
        if mail["List-Unsubscribe-Post"]:
            storm.one_click |= {urlsplit(url).path for url in urls(str(mail["List-Unsubscribe"]))}
    return storm


def an_issue_goes(app: App) -> None:
    """Send an issue to all of the cast who get it."""
    now = app.now()
    with app.sessions.begin() as session:
        planned(session, drafted(session, ("Linsen", EVERYONE), now=now), frame=app.frame(), now=now)
    jobs.release_issues(app)
    with sending.open_sender(app) as sender:
        sending.send_due(sender, limit=100)


def members_are_told(app: App, cast: Cast) -> None:
    """Let members ask for what they can ask for: each gets a link that is good."""
    now, base = app.now(), app.settings.base_url
    at: dict[str, Any] = {"base_url": base, "now": now}
    anna: dict[str, Any] = {"scope": OnePerson(cast.anna), "subscriber_id": cast.anna}
    token = tokens.make(app.keyring, Purpose.LETTERS, cast.anna, cast.newsletter, 0)
    with app.sessions.begin() as session:
        own_pages.send_to(session, **anna, secret="fresh-own-page", **at)
        confirmations.tell(
            session, **anna, list_id=cast.newsletter, delivery_id=0, choice=Choice.STOPPED,
            link=f"{base}/u/{token}", now=now,
        )  # fmt: skip
        address_changes.ask(session, **anna, address="anna@nya.example", secret="not-yet-confirmed", **at)
        bo: dict[str, Any] = {"scope": OnePerson(cast.bo), "subscriber_id": cast.bo}
        address_changes.ask(session, **bo, address="bo@nya.example", secret="confirmed", **at)
        address_changes.confirm(session, secret="confirmed", undo_secret="may-be-undone", **at)
        address_claims.claim(
            session, name="Farid Haddad", old_address="farid@goteborg.example", address="farid@nya.example",
            member_number="", message="", language="sv", secret="a-claim", **at,
        )  # fmt: skip
        claim = address_changes.confirm(session, secret="a-claim", undo_secret="-", **at)
        address_claims.refuse(session, scope=ALL, change_id=claim.id, reason="Nej.", actor="a test", now=now)
        sign_ups.ask(
            session, address="ny@lund.example", given_name="", family_name="", language="sv",
            invitations=False, now=now,
        )  # fmt: skip


def helpers_are_told(app: App, cast: Cast) -> None:
    """Let officers and leads get what they get: to sign in, to review, to write a block, of a role's end."""
    now, base, today = app.now(), app.settings.base_url, office.today(app)
    appoint(app, cast.bo, RoleName.OFFICER)
    appoint(app, cast.anna, RoleName.REGIONAL_LEAD, "skane", until=today + timedelta(days=9))
    asked_to_review(app, cast)
    with app.sessions.begin() as session:
        device = Device("a browser", "Firefox")
        for secret in ("used-up", "to-sign-in"):
            sign_ins.ask(
                session, address="bo@lulea.example", network="203.0.113.0", path="", links=[secret],
                base_url=base, today=today, now=now,
            )  # fmt: skip
        sign_ins.use(
            session, secret="used-up", session_secret="a session", device=device, today=today, now=now
        )
        role_reminders.remind(session, scope=ALL, today=today, now=now)
        secrets = iter(f"to-the-block-{number}" for number in range(99))
        mailing = Mailing(lambda: next(secrets), base)
        asked = an_issue(session, now, deadline=today + timedelta(days=9))
        [block] = [
            each
            for each in block_requests.open_round(session, issue_id=asked, today=today, now=now)
            if each.region == "skane"
        ]
        anna = session.get_one(Subscriber, cast.anna)
        for kind in ("block-request", "block-reminder", "block-link", "block-moved", "block-over"):
            block_links.write(session, kind, block, anna, fresh=mailing.fresh, base_url=base, now=now)


def the_rest(app: App, cast: Cast) -> None:
    """Queue a note of each kind that did not come by itself: their links lead to pages behind the sign-in."""
    base, now = app.settings.base_url, app.now()
    words = {
        "name": "Bo", "who": "Anna", "other": "Anna", "whose": "Anna", "writer": "Anna", "role": "redaktör",
        "region": "Skåne", "regions": ["Skåne"], "called": "numret i juni", "number": "Nyhetsbrevet 1/2030",
        "issue_name": "Nyhetsbrevet 1/2030", "subject": "Hej", "comment": "Nja.", "reason": "Nu.",
        "comments": [], "last": now.date().isoformat(), "at": now.isoformat(), "approved": True,
        "waiting": [], "stays": False, "address": "", "sign_in": f"{base}/logga-in",
        "link": f"{base}/nummer/1/granskning", "list": "Nyhetsbrevet", "title": "Muren", "left_out": [],
        "taken": True, "mails": [], "more": 2, "token": "a" * 30,
    }  # fmt: skip
    with app.sessions.begin() as session:
        known = set(session.scalars(select(Note.kind)))
        for kind in sorted(kinds() - known):
            notes.queue(session, kind=kind, to="bo@lulea.example", language="sv", values=words, now=now)


def kinds() -> set[str]:
    """Return every kind of note: the folders of their templates."""
    folders = {each.name for each in templates_folder().iterdir() if each.is_dir()}
    return folders - {"_layout", "issue"}


def dumped(app: App) -> dict[str, list[str]]:
    """Return every row of every table, whatever tables there are."""
    with app.engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"'))))
            for name in inspect(app.engine).get_table_names()
        }


@pytest.fixture
def storm(sent_to: App, cast: Cast) -> Storm:
    """Every mail there is has come."""
    an_issue_goes(sent_to)
    members_are_told(sent_to, cast)
    helpers_are_told(sent_to, cast)
    the_rest(sent_to, cast)
    jobs.mail_sign_ups(sent_to)
    with sent_to.readers() as session:
        assert set(session.scalars(select(Note.kind))) == kinds()
        waiting = len(session.scalars(select(Note.id)).all())
    assert jobs.post_notes(sent_to) == waiting
    return collected(sent_to)


def scanners(app: App) -> Iterator[TestClient]:
    with ExitStack() as stack:
        for name in SCANNERS:
            yield stack.enter_context(
                TestClient(
                    make_site(app), base_url="https://brev.applen.example", client=("198.51.100.7", 50000),
                    headers={"User-Agent": name, "X-Forwarded-For": "198.51.100.7"}, follow_redirects=False,
                )
            )  # fmt: skip


#: Where a link of a mail opens something that its holder alone may do.
KEYS = r"/(u|p|inslag|granska|prenumerera|logga-in|mina-uppgifter/(lank|adress|angra))/."


def test_no_row_changes_however_often_scanners_look_and_what_they_post(
    sent_to: App, storm: Storm, cast: Cast
) -> None:
    places = {found[1] for path in storm.paths if (found := re.match(KEYS, path))}
    assert places == {"u", "p", "inslag", "granska", "prenumerera", "logga-in",
                      "mina-uppgifter/lank", "mina-uppgifter/adress", "mina-uppgifter/angra"}  # fmt: skip
    before = dumped(sent_to)
    assert sum(map(len, before.values())) > 300

    for scanner in scanners(sent_to):
        for path in storm.paths * TIMES:
            for method in ("GET", "HEAD"):
                answer = scanner.request(method, path)
                is_good = re.match(KEYS, path) and "used-up" not in path and path[-9:] != "confirmed"
                assert answer.status_code in ((200,) if is_good else (200, 303, 404, 410)), path
                assert "set-cookie" not in answer.headers
    assert dumped(sent_to) == before

    for scanner in scanners(sent_to):
        for path in storm.paths:
            for given in POSTS:
                answer = scanner.post(path, data=given)
                assert 400 <= answer.status_code < 500, f"{path} {given}: {answer.status_code}"
            assert scanner.post(path).status_code >= 400
    assert dumped(sent_to) == before


def test_the_storm_would_have_been_seen(sent_to: App, storm: Storm) -> None:
    """Guards the test above: the links are good, and one press of their button is a change."""
    before = dumped(sent_to)
    [scanner] = list(scanners(sent_to))[:1]
    [a_letter] = sorted(storm.one_click)[:1]
    pressed = {
        a_letter: {"List-Unsubscribe": "One-Click"},
        "/mina-uppgifter/lank/fresh-own-page": {"do": "open"},
        "/mina-uppgifter/adress/not-yet-confirmed": {"do": "confirm"},
        "/logga-in/to-sign-in": {"do": "sign-in"},
        "/mina-uppgifter/angra/may-be-undone": {"do": "undo"},  # which takes Bo's other links with it
        **{path: {"do": "confirm"} for path in storm.paths if path.startswith("/prenumerera/")},
        **{path: {"do": "open"} for path in storm.paths if path.startswith("/inslag/to-the-block-0")},
    }
    assert len(pressed) == 7

    for path, form in pressed.items():
        assert path in storm.paths
        scanner.cookies.clear()
        assert scanner.post(path, data=form).status_code in (200, 303), path
        now = dumped(sent_to)
        assert now != before, path
        before = now
