"""No service reveals or changes anything of people outside the scope that it is given.

All public functions of both ``services`` shelves are walked, so that no new one can be forgotten. Each that
takes a scope is called with that of Skåne, on Skåne's and on others' data, in two worlds: one where others
exist and one where they do not (see tests/worlds.py). It must answer the same in both, leave the same behind,
and leave the others as they were. Each other function stands in a list with the reason why it needs no scope.
"""

import hashlib
import hmac
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

import newsletter.services
import subscribers.services
from newsletter import database
from newsletter.core.articles import ArticleText
from newsletter.core.inbound.failing import USUAL
from newsletter.core.letter_rules import Rules
from newsletter.core.letters import Claim
from newsletter.core.pace import AT_ONCE
from newsletter.core.replies import Reply
from newsletter.models import BlockNotice, Handover, Issue
from newsletter.rendering.values import Frame
from newsletter.services import (
    articles,
    block_links,
    issues,
    items,
    letter_rules,
    letter_sending,
    regional_letters,
)
from newsletter.services.calls import Closing
from newsletter.services.confirmations import Choice
from newsletter.services.domain_holds import Decision
from subscribers.core import addresses, departures, plans, segments, tables
from subscribers.core.authority import Everything, OnePerson, Scope, SomeRegions
from subscribers.core.importing import read_register
from subscribers.core.tokens import Keyring
from subscribers.models import ImportRun, MailingList, RoleName, SetBy, Subscriber, SuppressionReason
from subscribers.services import erasures, imports, regions, roles
from subscribers.services import segments as saved_segments
from subscribers.services.changes import Author, Changed
from subscribers.services.enrolment import NewAddress, NewPerson
from subscribers.services.import_writing import File
from tests import worlds
from tests.conftest import NOON
from tests.incoming import around
from tests.newsletter.blockwork import MAILING, asked
from tests.postgres import empty_postgres
from tests.scope_reasons import NO_PEOPLE, NO_SCOPE, SAME_FOR_EVERYONE
from tests.worlds import ANNA, BO, CECILIA, OTHERS, PEOPLE_OF_SKANE, Outcome, Someone, ask

FRAME = Frame(
    association="Eken",
    contact="hej@eken.example",
    base_url="https://eken.example",
    postal_address="",
    accent="#7a2e1f",
    from_address="brev@eken.example",
)
RING = Keyring((b"a key of the walk".ljust(32),))
EVERYONE = Everything("the tests call it once as somebody who may")
SKANE = SomeRegions(frozenset({"skane"}))
SCOPES: tuple[Scope, ...] = (SKANE, SomeRegions(frozenset()), OnePerson(ANNA.id))


# --- Arguments ----------------------------------------------------------------------------------------------

Factory = Callable[[Session, Someone], object]


def _rule(session: Session, who: Someone) -> segments.Rule:
    if who is ANNA:
        return segments.Has(segments.Attribute.REGION, ("skane",))
    return segments.Not(segments.Has(segments.Attribute.REGION, ("skane",)))


def _save_a_segment(session: Session) -> None:
    rule = _rule(session, ANNA)
    saved_segments.save(session, scope=EVERYONE, name="Styrelsen", rule=rule, now=NOON)


def _send_to_a_segment(session: Session) -> None:
    rule = _rule(session, BO)
    segment = saved_segments.save(session, scope=EVERYONE, name="Andra", rule=rule, now=NOON)
    for issue_id in (worlds.DUE, worlds.NOTICE):
        session.get_one(Issue, issue_id).segment = segment
    session.flush()


def _import_a_file(session: Session) -> None:
    content = b"Medlemsnr;Efternamn\nM101;Ny\n"
    imports.import_register(session, scope=EVERYONE, name="register.csv", content=content, now=NOON)


def _write_a_draft(session: Session) -> None:
    issue = issues.create(session, title="Utkast", subject="Utkast", now=NOON)
    article = articles.create(session, text=ArticleText(title="Ett"), now=NOON)
    items.add(session, issue_id=issue.id, article_id=article.id, now=NOON)


def _lead_skane(session: Session) -> None:
    lead = RoleName.REGIONAL_LEAD
    roles.give(session, scope=EVERYONE, subscriber_id=CECILIA.id, role=lead, region="skane")


def _hand_over(session: Session) -> None:
    """Anna has handed Skåne over to Cecilia."""
    session.add(
        Handover(
            made_at=NOON, predecessor_id=ANNA.id, successor_id=CECILIA.id, role=RoleName.REGIONAL_LEAD,
            region_slug="skane", work={},
        )
    )  # fmt: skip
    session.flush()


def _draft(session: Session) -> int:
    return session.scalars(select(Issue.id).where(Issue.title == "Utkast")).one()


def _erase_addresses(session: Session) -> None:
    """Somebody with the same address as another has been erased; the other one stays."""
    hashes = [_hash(who.address) for who in (ANNA, BO)]
    erasures.remember_hashes(session, hashes=hashes, now=NOON)


def _ask_for_blocks(session: Session) -> None:
    """Ask the regions for their blocks: Anna has a link to hers, and has been told."""
    made = asked(session, NOON, today=NOON.date(), deadline=date(2030, 3, 9))
    link = {"block_id": made["skane"].id, "subscriber_id": ANNA.id}
    block_links.make(session, secret=f"a link of {ANNA.given}", now=NOON, **link)
    session.add(BlockNotice(step="request", deadline=date(2030, 3, 9), told_on=NOON.date(), **link))
    session.flush()


def _latest(session: Session) -> int:
    return session.scalars(select(func.max(Issue.id))).one()


def _hash(text: str) -> str:
    return hmac.digest(worlds.SECRET, text.encode(), hashlib.sha256).hex()


KEY = "0" * 32


def _write_a_letter(session: Session) -> None:
    regional_letters.create(
        session, scope=EVERYONE, region="skane", key=KEY, heading="Hej", text="Kom.", writer_id=ANNA.id,
        actor="Anna", now=NOON,
    )  # fmt: skip


def _ask_for_a_yes(session: Session) -> None:
    _write_a_letter(session)
    letter_rules.set_all(session, scope=EVERYONE, wanted=Rules(approval=True), now=NOON)
    letter_sending.send(
        session, scope=SKANE, key=KEY, at="nu", zone="Europe/Stockholm", frame=FRAME, pace=AT_ONCE,
        actor="Anna", now=NOON,
    )  # fmt: skip


def _asked(session: Session, _who: Someone) -> str:
    return regional_letters.get(session, scope=EVERYONE, key=KEY).asked_digest


def _given_up(who: Someone) -> int:
    return worlds.delivery_of(CECILIA if who is ANNA else worlds.HILMA, worlds.GONE)


def _unsure(who: Someone) -> int:
    return worlds.delivery_of(who, worlds.UNSURE)


def _hashes(session: Session, who: Someone) -> list[str]:
    return [_hash(f"person {who.pseudonym}"), _hash(who.address)]


def _table(session: Session, who: Someone) -> tables.Table:
    text = f"Förnamn;Efternamn;E-post\n{who.given};{who.family};{who.address}\n"
    return tables.read_table("file.csv", text.encode())


def _plan(session: Session, who: Someone) -> plans.Plan:
    if session.get(Subscriber, who.id) is None:
        return plans.Plan()  # a plan is made from the register, and holds only whom it has
    return plans.Plan(
        changes=[
            plans.Change(
                row=2,
                subscriber_id=who.id,
                name="",
                values={"city": "Malmö"},
                old={"city": ""},
                new_addresses=(),
                prefer_first=False,
                becomes_member=False,
            )
        ]
    )


def _enrolled(session: Session, who: Someone) -> NewPerson:
    return NewPerson(
        given_name="Ny",
        family_name="Person",
        member_number=None if who is ANNA else who.number,  # which is taken, in one of the worlds
        municipality_code=who.municipality,
        addresses=[NewAddress(addresses.parse(who.address))],
    )


#: What tells Skåne from others: tried with each of both.
SIDED: dict[str, Factory] = {
    "subscriber_id": lambda session, who: who.id,
    "subscriber_ids": lambda session, who: [who.id],
    "address_id": lambda session, who: who.id,
    "delivery_id": lambda session, who: worlds.delivery_of(who),
    "address": lambda session, who: who.address,
    "text": lambda session, who: who.given,
    "region": lambda session, who: who.region,
    "regions": lambda session, who: frozenset({who.region}),
    "changed": lambda session, who: [Changed(who.id, "city", None, "Lund")],
    "person": _enrolled,
    "people": lambda session, who: [replace(_enrolled(session, who), member_number=None)],
    "rule": _rule,
    "secret": lambda session, who: f"a link of {who.given}",
    "county": lambda session, who: "Skåne" if who is ANNA else "Norrbotten",
    "sign_up_id": lambda session, who: who.id,
    "change_id": lambda session, who: who.id,
    "mail_id": lambda session, who: who.id,
    "call_id": lambda session, who: who.id,
    "hold_id": lambda session, who: who.id,
    "canonical": lambda session, who: who.address,
    "results": lambda session, who: [(Claim(_given_up(who), 1, None), Reply.of(550, "5.1.1 No such user"))],
    "hashes": _hashes,
    "found": lambda session, who: [who.address],
    "register": lambda session, who: read_register(_table(session, who), regions.gazetteer(session)),
    "table": _table,
    "plan": _plan,
    "successor_id": lambda session, who: who.id,
    **dict.fromkeys(
        (
            "newsletter.handovers.check_successor.subscriber_id",
            "newsletter.handovers.hand_over.subscriber_id",
            "newsletter.handovers.outlook.subscriber_id",
            "subscribers.roles.pass_on.subscriber_id",
        ),
        lambda session, who: CECILIA.id if who is ANNA else who.id,
    ),
    "newsletter.reviews.ask.people": lambda session, who: [who.id],
    "newsletter.trial_letters.send.people": lambda session, who: [who.id],
    "newsletter.unknowns.send_again.delivery_id": lambda session, who: _unsure(who),
    "newsletter.unknowns.take_as_accepted.delivery_id": lambda session, who: _unsure(who),
}

#: What does not, by the name of the parameter, or by function and parameter where a name means two things.
PLAIN: dict[str, Factory] = {
    "now": lambda session, who: NOON,
    "asker_id": lambda session, who: CECILIA.id,
    "handover_id": lambda session, who: session.scalars(select(Handover.id)).one(),
    "newsletter.handovers.hand_over.region": lambda session, who: "skane",
    "newsletter.handovers.outlook.region": lambda session, who: "skane",
    "subscribers.roles.pass_on.region": lambda session, who: "skane",
    "today": lambda session, who: NOON.date(),
    "day": lambda session, who: NOON.date(),
    "first": lambda session, who: NOON.date(),
    "last": lambda session, who: NOON.date(),
    "on": lambda session, who: date(2030, 2, 1),
    "list_id": lambda session, who: 1,
    "until": lambda session, who: NOON.date() + timedelta(days=30),
    "choice": lambda session, who: Choice.STOPPED,
    "link": lambda session, who: "https://eken.example/u/x",
    "secret": lambda session, who: "a secret",
    "undo_secret": lambda session, who: "another secret",
    "base_url": lambda session, who: "https://eken.example",
    "municipality_code": lambda session, who: "1480",
    "subscribers.life.speak.language": lambda session, who: "en",
    # Whether a link goes there depends on whose it is; that is told by mail only, to whoever reads it.
    "newsletter.address_changes.ask.address": lambda session, who: "ny@eken.example",
    "circumstances": lambda session, who: around(NOON),
    "mailing_list": lambda session, who: session.get_one(MailingList, 1),
    "issue_id": lambda session, who: worlds.ON_ITS_WAY,
    "newsletter.releases.release.issue_id": lambda session, who: worlds.DUE,
    "newsletter.deliveries.troubles.issue_id": lambda session, who: worlds.GONE,
    "newsletter.deliveries.left_out.issue_id": lambda session, who: worlds.GONE,
    "newsletter.courses.courses.issue_id": lambda session, who: worlds.TAKEN,
    "newsletter.corrections.begin.issue_id": lambda session, who: worlds.UNSURE,
    "newsletter.corrections.begin.variant_ids": lambda session, who: [worlds.UNSURE],
    "newsletter.corrections.begin.text": lambda session, who: "Det blev fel.",
    # Nobody in these worlds has said yes to the look of a letter.
    "newsletter.corrections.replace.without_approval": lambda session, who: "it is urgent",
    "newsletter.corrections.replace.variant_ids": lambda session, who: [worlds.ON_ITS_WAY],
    "newsletter.reviews.ask.issue_id": lambda session, who: _draft(session),
    "newsletter.reviews.reviewers_of.issue_id": lambda session, who: worlds.GONE,
    "newsletter.trial_letters.send.issue": lambda session, who: session.get_one(Issue, _draft(session)),
    "newsletter.trial_letters.send.regions": lambda session, who: [""],
    "message": lambda session, who: "Läs!",
    "ring": lambda session, who: RING,
    "asked_by": lambda session, who: None,
    "newsletter.summaries.write.issue_id": lambda session, who: worlds.GONE,
    "issue_ids": lambda session, who: [worlds.ON_ITS_WAY, worlds.GONE, worlds.UNSURE],
    "subject": lambda session, who: "Rättelse",
    "frame": lambda session, who: FRAME,
    "year": lambda session, who: 2030,
    "newsletter.block_requests.tell.issue_id": lambda session, who: _latest(session),
    "newsletter.block_requests.remind.issue_id": lambda session, who: _latest(session),
    "newsletter.block_requests.move_deadline.issue_id": lambda session, who: _latest(session),
    "newsletter.block_overviews.of_issue.issue": lambda session, who: session.get_one(
        Issue, _latest(session)
    ),
    "mailing": lambda session, who: MAILING,
    "ask_days": lambda session, who: 14,
    "network": lambda session, who: "192.0.2.0/24",
    "fresh": lambda session, who: lambda: "another secret",
    "deadline": lambda session, who: date(2030, 3, 10),
    "newsletter.notices.account.issue_id": lambda session, who: worlds.NOTICE,
    "newsletter.paper_letters.written.issue_id": lambda session, who: worlds.NOTICE,
    "also_waiting": lambda session, who: True,
    "issue": lambda session, who: session.get_one(Issue, worlds.NOTICE),
    "seen": lambda session, who: 0,
    "key": lambda session, who: KEY,
    "heading": lambda session, who: "Hej",
    "newsletter.regional_letters.create.key": lambda session, who: "1" * 32,
    "newsletter.regional_letters.create.text": lambda session, who: "Kom.",
    "newsletter.regional_letters.change.text": lambda session, who: "Kom då.",
    "newsletter.regional_letters.of_issue.issue_id": lambda session, who: session.scalar(
        select(func.max(Issue.id))
    ),
    "newsletter.letter_sending.approve.seen": _asked,
    "decision": lambda session, who: Decision.GONE,
    "newsletter.failures.refused.rules": lambda session, who: USUAL,
    "newsletter.calls.close.how": lambda session, who: Closing.REACHED,
    "newsletter.letter_rules.set_region.region": lambda session, who: "skane",
    "writer_id": lambda session, who: ANNA.id,
    "pictures": lambda session, who: [],
    "segment": lambda session, who: "",
    "comment": lambda session, who: "Mer.",
    "at": lambda session, who: "nu",
    "zone": lambda session, who: "Europe/Stockholm",
    "pace": lambda session, who: AT_ONCE,
    "wanted": lambda session, who: Rules(),
    "monthly": lambda session, who: 3,
    "approval": lambda session, who: True,
    "source": lambda session, who: "walk",
    "how": lambda session, who: "walk",
    "why": lambda session, who: "walk",
    "tag": lambda session, who: "Körsång",
    "subscribers.tags.take.tag": lambda session, who: "styrelse",
    "reason": lambda session, who: "because",
    "subscribers.suppressions.suppress.reason": lambda session, who: SuppressionReason.BY_HAND,
    "actor": lambda session, who: "Olle",
    "author": lambda session, who: Author(SetBy.PERSON, "Olle"),
    "role": lambda session, who: RoleName.REGIONAL_LEAD,
    "regions_followed": lambda session, who: ["norra"],
    "name": lambda session, who: "Styrelsen",
    "file": lambda session, who: File("register.csv", "0" * 64, "Olle"),
    "departures": lambda session, who: departures.everybody(),
    "progress": lambda session, who: lambda step, done, of: None,
    "since": lambda session, who: NOON - timedelta(days=7),
    "by_hand": lambda session, who: True,
    "end_gone": lambda session, who: False,
    "run_id": lambda session, who: session.scalar(select(func.max(ImportRun.id))),
    "subscribers.placements.move_county.region": lambda session, who: "vast",
    "subscribers.placements.preview_move.region": lambda session, who: "vast",
    "subscribers.imports.import_register.name": lambda session, who: "register.csv",
    "content": lambda session, who: b"Medlemsnr;Efternamn\nM1;Ny\n",
}

#: What must be there before a function can do its work.
FIRST: dict[str, Callable[[Session], object]] = {
    "newsletter.block_links.send_fresh": _ask_for_blocks,
    "newsletter.block_overviews.of_issue": _ask_for_blocks,
    "newsletter.block_requests.is_due": _ask_for_blocks,
    "newsletter.block_requests.move_deadline": _ask_for_blocks,
    "newsletter.block_requests.remind": _ask_for_blocks,
    "newsletter.block_requests.tell": _ask_for_blocks,
    "newsletter.block_requests.tell_due": _ask_for_blocks,
    **dict.fromkeys(
        (
            *(
                f"newsletter.regional_letters.{name}"
                for name in (
                    "change",
                    "choose_segment",
                    "discard",
                    "find_all",
                    "get",
                    "locked_letter",
                    "of_issue",
                    "set_pictures",
                    "usable_segments",
                )
            ),
            "newsletter.letter_sending.send",
        ),
        _write_a_letter,
    ),
    **dict.fromkeys(
        (
            "newsletter.regional_letters.find_waiting",
            "newsletter.letter_sending.approve",
            "newsletter.letter_sending.give_back",
            "newsletter.letter_sending.take_back",
            "newsletter.letter_notes.ask",
            "newsletter.letter_notes.answer",
        ),
        _ask_for_a_yes,
    ),
    "newsletter.reviews.ask": _write_a_draft,
    "newsletter.handovers.hand_over": _lead_skane,
    "newsletter.handovers.mine_to_hand": _lead_skane,
    "newsletter.handovers.outlook": _lead_skane,
    "newsletter.handovers.one": _hand_over,
    "newsletter.handovers.past": _hand_over,
    "subscribers.roles.pass_on": _lead_skane,
    "newsletter.trial_letters.send": _write_a_draft,
    "newsletter.calendars.sends": _send_to_a_segment,
    "newsletter.calendars.reached": _send_to_a_segment,
    "subscribers.segments.get": _save_a_segment,
    "subscribers.segments.delete": _save_a_segment,
    "subscribers.import_runs.get": _import_a_file,
    "subscribers.import_runs.undo": _import_a_file,
    "subscribers.import_runs.list_runs": _import_a_file,
    "subscribers.erased_rows.leave_out": _erase_addresses,
}


def parameters(name: str, function: Callable[..., Any]) -> Iterator[tuple[str, Factory, bool]]:
    """Yield the parameters to be given, with their factories, and whether others have one of their own."""
    for parameter in list(inspect.signature(function).parameters.values()):
        if parameter.name in ("session", "scope"):
            continue
        full = f"{name}.{parameter.name}"
        if full in PLAIN:
            yield parameter.name, PLAIN[full], False
        elif full in SIDED:
            yield parameter.name, SIDED[full], True
        elif parameter.name in SIDED:
            yield parameter.name, SIDED[parameter.name], True
        elif parameter.name in PLAIN and parameter.default is inspect.Parameter.empty:
            yield parameter.name, PLAIN[parameter.name], False
        elif parameter.default is inspect.Parameter.empty:
            pytest.fail(
                f"{full} ({parameter.annotation}) has no factory: give it one in tests/test_scope_walk.py"
            )


def calls(name: str, function: Callable[..., Any]) -> Iterator[tuple[bool, Callable[[Session, Scope], Any]]]:
    """Yield ways to call a function: with arguments of Skåne, of others, and mixed. The first is all Skåne's.

    With each comes whether every argument that can be is of others.
    """
    given = list(parameters(name, function))
    sided = [parameter for parameter, _, is_sided in given if is_sided]
    takes_session = "session" in inspect.signature(function).parameters
    for sides in product((ANNA, BO), repeat=len(sided)):
        whose = dict(zip(sided, sides, strict=True))

        def call(session: Session, scope: Scope, whose: Mapping[str, Someone] = whose) -> Any:
            if prepare := FIRST.get(name):
                prepare(session)
            arguments = {p: factory(session, whose.get(p, ANNA)) for p, factory, _ in given}
            first = (session,) if takes_session else ()
            if positional := _positional(function, arguments):
                first += positional
            return function(*first, scope=scope, **arguments)

        yield all(side is BO for side in sides), call


def _positional(function: Callable[..., Any], arguments: dict[str, Any]) -> tuple[Any, ...]:
    """Take out the arguments that can only be given by their place."""
    kinds = inspect.signature(function).parameters.values()
    return tuple(arguments.pop(p.name) for p in kinds if p.kind is p.POSITIONAL_ONLY and p.name in arguments)


# --- The walk -----------------------------------------------------------------------------------------------


def services() -> dict[str, Callable[..., Any]]:
    """Return all public functions of both shelves by name, without the word ``services``."""
    found = {}
    for shelf in (subscribers.services, newsletter.services):
        for entry in pkgutil.iter_modules(shelf.__path__):
            module = importlib.import_module(f"{shelf.__name__}.{entry.name}")
            for name, function in inspect.getmembers(module, inspect.isfunction):
                if function.__module__ == module.__name__ and not name.startswith("_"):
                    found[f"{module.__name__}.{name}".replace(".services.", ".")] = function
    return found


SERVICES = services()
SCOPED = sorted(name for name, each in SERVICES.items() if "scope" in inspect.signature(each).parameters)
Worlds = tuple[sessionmaker[Session], sessionmaker[Session]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """The world with others in it, and the one with only Skåne."""
    if request.param == "sqlite":
        content = request.getfixturevalue("sqlite_template").read_bytes()
        folder: Path = tmp_path_factory.mktemp("worlds")
        urls = []
        for name in ("with", "without"):
            (folder / f"{name}.db").write_bytes(content)
            urls.append(f"sqlite:///{folder / name}.db")
        yield from _furnished(urls)
        return
    template = request.getfixturevalue("postgres_template")
    if template is None:
        pytest.skip("no PostgreSQL answers")
    with empty_postgres(template) as one, empty_postgres(template) as other:
        yield from _furnished([str(one), str(other)])


def _furnished(urls: list[str]) -> Iterator[Worlds]:
    engines = [database.make_engine(url) for url in urls]
    with_others, without = (database.make_sessions(engine) for engine in engines)
    with with_others.begin() as session:
        worlds.furnish(session, (*OTHERS, *PEOPLE_OF_SKANE))
    with without.begin() as session:
        worlds.furnish(session, PEOPLE_OF_SKANE)
    yield with_others, without
    for engine in engines:
        engine.dispose()


@pytest.fixture(scope="module")
def rows_of_others(both: Worlds) -> worlds.Rows:
    """The rows that make the difference between the worlds."""
    with both[0]() as session, both[1]() as other:
        here, there = worlds.rows_of(session), worlds.rows_of(other)
    return {table: rows - there[table] for table, rows in here.items()}


@pytest.mark.parametrize("name", SCOPED)
def test_who_sees_one_region_cannot_tell_whether_others_exist(
    both: Worlds, rows_of_others: worlds.Rows, name: str
) -> None:
    for number, (_, call) in enumerate(calls(name, SERVICES[name])):
        for scope in SCOPES:
            here, there = (ask(world, lambda session: call(session, scope)) for world in both)  # noqa: B023

            told = f"call {number} with {scope}"
            assert here.answer == there.answer, f"{name} reveals others ({told})"
            _assert_others_are_left_alone(here, there, rows_of_others, f"{name} changes others ({told})")


def _assert_others_are_left_alone(here: Outcome, there: Outcome, of_others: worlds.Rows, told: str) -> None:
    for table, rows in here.rows.items():
        lost = of_others[table] - rows
        assert not lost, f"{told}: {table} has lost {list(lost)[:3]}"
        assert rows - of_others[table] == there.rows[table], f"{told}: other rows in {table}"


@pytest.mark.parametrize("name", SCOPED)
def test_the_walk_can_call_each_function_and_would_see_what_it_reveals(both: Worlds, name: str) -> None:
    every = list(calls(name, SERVICES[name]))

    works = ask(both[0], lambda session: every[0][1](session, EVERYONE))
    assert not works.is_error, f"{name} cannot be called: {works.answer}"
    of_others = next(call for is_others, call in every if is_others)
    here, there = (ask(world, lambda session: of_others(session, EVERYONE)) for world in both)
    assert (here.answer == there.answer) is (name in SAME_FOR_EVERYONE), f"both worlds: {here.answer}"


def test_every_function_without_a_scope_has_a_reason_to_need_none() -> None:
    unscoped = set(SERVICES) - set(SCOPED)
    modules = {name.rpartition(".")[0] for name in SERVICES}

    excused = {name for name in unscoped if name in NO_SCOPE or name.rpartition(".")[0] in NO_PEOPLE}
    assert sorted(unscoped - excused) == [], "these take no scope, and nobody has said why"
    assert sorted(set(NO_SCOPE) - unscoped) == [], "these reasons are for nothing"
    assert sorted(set(NO_PEOPLE) - modules) == [], "these reasons are for nothing"
