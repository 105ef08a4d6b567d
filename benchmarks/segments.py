"""How long it takes to count a segment, and to show its first page, among a million people.

    python benchmarks/segments.py [PEOPLE]

Needs a PostgreSQL (``TEST_DATABASE_URL``, by default the one on this machine), makes a database of its own
there and drops it. Prints the median of five rounds in milliseconds, beside the goal. No limit is tested
here: machines differ.
"""

import os
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from statistics import median
from time import perf_counter

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from newsletter import database
from newsletter.services import segment_conditions
from subscribers.core.authority import Everything, Scope, SomeRegions
from subscribers.core.segment_text import parse
from subscribers.services import regions, segments

ROUNDS = 5
PEOPLE = 1_000_000
PAGE = 50
TODAY = date(2030, 3, 1)
NOON = datetime(2030, 3, 1, 12, tzinfo=UTC)
SERVER = os.environ.get("TEST_DATABASE_URL", "postgresql+psycopg://127.0.0.1:5432/test")  # noqa: TID251

RULES = (
    "region: Skåne, Sydost och inte tagg: styrelse",
    "medlem: ja och lista: nyhetsbrev",
    "inte tagg: styrelse",
    "tagg: Styrelse",
    "titel: överbibliotekarie eller språk: engelska",
    "län: Skåne län och inträdde efter: 2020 och inte roll: redaktör",
    "inte fick nummer: 1/2030",
    "(fick nummer: 1/2030 eller tagg: styrelse) och inte kommun: Lund, Malmö",
)

#: One statement for each table: a million people in a minute. One in nine has no municipality.
FILL = (
    """
    INSERT INTO subscribers (id, given_name, family_name, sort_key, language, member_since, member_until,
        workplace, municipality_code, region_slug, placed_by_hand, placement_reason, follows_all_regions,
        title, street, postal_code, city, pseudonym, created_at, updated_at)
    SELECT n, 'Namn' || n, 'Efternamn', md5(n::text), CASE WHEN n % 20 = 0 THEN 'en' ELSE 'sv' END,
        DATE '2005-01-01' + (n % 9000), CASE WHEN n % 11 = 0 THEN DATE '2029-12-31' END, '',
        places.code, places.region, n % 500 = 0, '', false,
        CASE n % 40 WHEN 0 THEN 'Överbibliotekarie' WHEN 10 THEN 'ÖVERBIBLIOTEKARIE' WHEN 20 THEN 'Lärare'
            ELSE '' END,
        '', '', '', md5('p' || n), :now, :now
    FROM generate_series(1, :people) AS n
    LEFT JOIN (
        SELECT m.code, c.region_slug AS region, row_number() OVER (ORDER BY m.code) - 1 AS place
        FROM municipalities m JOIN counties c ON c.code = m.county_code
    ) AS places ON places.place = n % 326 * 79 % 326
    """,
    """
    INSERT INTO subscriptions (subscriber_id, list_id, active, changed_at, source)
    SELECT n, 1, n % 13 <> 0, :now, 'register' FROM generate_series(1, :people) AS n WHERE n % 17 <> 0
    """,
    """
    INSERT INTO tags (subscriber_id, tag, key)
    SELECT n, CASE WHEN n % 100 = 0 THEN 'Styrelse' ELSE 'Etikett ' || n % 40 END,
        CASE WHEN n % 100 = 0 THEN 'styrelse' ELSE 'etikett ' || n % 40 END
    FROM generate_series(1, :people) AS n WHERE n % 5 = 0
    """,
    "INSERT INTO roles (subscriber_id, role) SELECT n, 'officer' FROM generate_series(1, :people, 5000) AS n",
    """
    INSERT INTO issues (id, list_id, year, number, title, subject, preheader, audience, status,
        created_at, updated_at)
    VALUES (1, 1, 2030, 1, 'Ett', 'Ett', '', '*', 'released', :now, :now)
    """,
    """
    INSERT INTO deliveries (issue_id, subscriber_id, address, canonical, state, why, carried_by, attempts,
        reply)
    SELECT 1, n, '', '',
        CASE WHEN n % 50 = 0 THEN 'left-out' WHEN n % 3 = 0 THEN 'refused' ELSE 'accepted' END,
        CASE WHEN n % 50 = 0 THEN 'shared-address' ELSE '' END, CASE WHEN n % 50 = 0 THEN n - 1 END, 1, ''
    FROM generate_series(1, :people) AS n
    """,
)  # fmt: skip


@contextmanager
def own_database() -> Iterator[str]:
    """Make a database on the server and give its URL; drop it afterwards."""
    name = f"rundbrev_bench_{uuid.uuid4().hex[:8]}"
    admin = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


def fill(session: Session, people: int) -> None:
    """Move so many people in, with what segments ask about."""
    regions.load_facts(session)
    for statement in FILL:
        given = {"people": people, "now": NOON}
        session.execute(text(statement), {k: v for k, v in given.items() if f":{k}" in statement})


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of one call, over the rounds, after one that is not counted."""

    def once() -> float:
        start = perf_counter()
        work()
        return (perf_counter() - start) * 1000

    once()
    return median(once() for _ in range(ROUNDS))


def measure(session: Session, scope: Scope, count_goal: int, page_goal: int) -> None:
    """Print a line for each rule."""
    words = segment_conditions.vocabulary(session)
    for written in RULES:
        asked = {
            "scope": scope,
            "rule": parse(written, words),
            "today": TODAY,
            "builders": segment_conditions.BUILDERS,
        }
        found = segments.count(session, **asked)
        counting = milliseconds(lambda asked=asked: segments.count(session, **asked))
        showing = milliseconds(lambda asked=asked: segments.examples(session, limit=PAGE, **asked))
        session.expunge_all()
        print(f"  {written:72} {found:>9,} {counting:8.0f} ({count_goal}) {showing:8.0f} ({page_goal})")


def main() -> None:
    """Fill, measure and print."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    with own_database() as url:
        engine = database.make_engine(url)
        database.upgrade(engine)
        sessions = database.make_sessions(engine)
        start = perf_counter()
        with sessions.begin() as session:
            fill(session, people)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        print(f"{people:,} people made in {perf_counter() - start:.0f} s")
        for title, scope, count_goal in (
            ("everyone", Everything("a benchmark"), 600),
            ("one region", SomeRegions(frozenset({"skane"})), 100),
        ):
            print(f"{title}: people found, milliseconds (goal) to count, to show the first {PAGE}")
            with sessions() as session:
                measure(session, scope, count_goal, 100)
        engine.dispose()


if __name__ == "__main__":
    main()
