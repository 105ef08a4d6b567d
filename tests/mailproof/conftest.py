"""The mails under proof: some of each kind for every run of the tests, all of them for ``make proof``."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from newsletter import database
from tests.browsers import chromium
from tests.mailproof import edges, mails
from tests.mailproof.mails import Mail
from tests.mailproof.table import DOCUMENT, Table

#: Of the issues that no month is like, those that no other mail resembles.
_SOME_EDGES = (
    "everything",
    "an invitation",
    "an obituary",
    "films, and pictures inside the mail",
    "right to left",
    "a word of 300 letters",
)


@dataclass(frozen=True, slots=True)
class UnderProof:
    """The mails of this run, and whether they are all that there are."""

    mails: list[Mail]
    whole: bool


@pytest.fixture(scope="session", params=["some", pytest.param("all", marks=pytest.mark.proof)])
def under_proof(
    request: pytest.FixtureRequest,
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    seeds: Callable[[], list[Path]],
) -> UnderProof:
    """Render the mails: the notes, the odd issues, the demo's and, where they are, the real newsletters'."""
    whole = request.param == "all"
    found = [
        *mails.of_notes(mails.LANGUAGES if whole else ("sv",)),
        *mails.of_edges(edges.ISSUES if whole else _SOME_EDGES),
    ]
    path = tmp_path_factory.mktemp("mails") / "rundbrev.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = database.make_engine(f"sqlite:///{path}")
    sessions = database.make_sessions(engine)
    real = _found(seeds) if whole else _found(seeds)[:2]
    issues = [
        ("demo: the sample issue", []),
        *((f"imported: issue {n}", [seed]) for n, seed in enumerate(real, 1)),
    ]
    for family, texts in issues:
        with sessions() as session:  # never committed, so that each begins with nothing
            variants = mails.of_issue(session, family, texts, mails.LANGUAGES)
            found += variants if whole else islice(variants, 1)
    with sessions() as session:
        found += islice(mails.of_trials(session), None if whole else 1)
    engine.dispose()
    return UnderProof(found, whole)


@pytest.fixture(scope="session")
def table() -> Iterator[Table]:
    """What the checks found; written as a document when it is whole and RUNDBREV_WRITE_DOCUMENTS is set."""
    table = Table()
    yield table
    if os.environ.get("RUNDBREV_WRITE_DOCUMENTS") and table.is_whole:
        DOCUMENT.write_text(str(table), encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, once for all tests of a module."""
    with chromium() as browser:
        yield browser


def _found(seeds: Callable[[], list[Path]]) -> list[Path]:
    try:
        return seeds()
    except pytest.skip.Exception:
        return []  # a test of its own says so
