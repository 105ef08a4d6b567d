"""Registers on their way in: a file lies here between the pages of its import, and never in the database.

    DIR/staged/<key>/file         what was uploaded; gone when it has been read in or thrown away
    DIR/staged/<key>/about.json   its name, who uploaded it, and what has been decided about it so far
    DIR/staged/<key>/run.json     how reading it in goes: made once, so that it can only be begun once

Only whoever uploaded a file sees it. The key is 128 bits of chance; after a day everything is gone.
"""

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from subscribers.errors import NotFound

#: How long a file waits to be read in.
KEPT = timedelta(days=1)
#: Reading in that has said nothing for so long was broken off, and has changed nothing.
SILENT = timedelta(minutes=10)

_FILE, _ABOUT, _RUN = "file", "about.json", "run.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How reading a file in goes. ``what`` is a Swedish sentence, ``done`` of ``of`` how far it has come.

    At its end ``run_id`` names the import (None when nothing changed) or ``wrong`` says why nothing has.
    """

    at: datetime
    what: str = ""
    done: int = 0
    of: int = 0
    ended: bool = False
    run_id: int | None = None
    wrong: str = ""

    def is_silent(self, now: datetime) -> bool:
        """Tell whether it was broken off: by a restart, for example."""
        return not self.ended and now - self.at > SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A file on its way in. ``choices`` is what its owner has decided, as JSON has it."""

    key: str
    name: str
    person_id: int
    at: datetime
    choices: Mapping[str, Any] = field(default_factory=dict)
    run: Run | None = None


def put(place: Path, *, name: str, content: bytes, person_id: int, now: datetime) -> str:
    """Keep a file, readable by this program alone, and return its key. Old ones go."""
    prune(place, now=now)
    key = secrets.token_hex(16)
    folder = place / key
    folder.mkdir(parents=True, mode=0o700)
    _write(folder / _FILE, content)
    _write_about(folder, {"name": _plain(name), "person_id": person_id, "at": now.isoformat(), "choices": {}})
    return key


def get(place: Path, key: str, *, person_id: int, now: datetime) -> Staged:
    """Return a file that this person has uploaded. Raises ``NotFound`` for any other, and an old one."""
    folder = _folder(place, key)
    about = _read(folder / _ABOUT)
    if about is None or about["person_id"] != person_id or now - _moment(about["at"]) > KEPT:
        raise _nothing()
    return Staged(
        key=key,
        name=about["name"],
        person_id=person_id,
        at=_moment(about["at"]),
        choices=about["choices"],
        run=_run(folder),
    )


def of_person(place: Path, *, person_id: int, now: datetime) -> list[Staged]:
    """Return the files of this person that wait to be read in, the newest first."""
    found = []
    for folder in _folders(place):
        with suppress(NotFound):
            each = get(place, folder.name, person_id=person_id, now=now)
            if (folder / _FILE).exists():
                found.append(each)
    return sorted(found, key=lambda each: each.at, reverse=True)


def content(place: Path, staged: Staged) -> bytes:
    """Return what was uploaded. Raises ``NotFound`` when it has been read in already."""
    try:
        return (_folder(place, staged.key) / _FILE).read_bytes()
    except FileNotFoundError:
        raise _nothing() from None


def choose(place: Path, staged: Staged, choices: Mapping[str, Any]) -> None:
    """Write down what has been decided about a file."""
    about = {"name": staged.name, "person_id": staged.person_id, "at": staged.at.isoformat()}
    _write_about(_folder(place, staged.key), {**about, "choices": dict(choices)})


def begin(place: Path, staged: Staged, *, now: datetime) -> bool:
    """Begin to read a file in. False when it has begun already: then nobody else may.

    What was broken off can begin anew.
    """
    path = _folder(place, staged.key) / _RUN
    if staged.run and (staged.run.is_silent(now) or staged.run.wrong):
        path.unlink(missing_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"at": now.isoformat()}, file)
    return True


def tell(place: Path, key: str, run: Run) -> None:
    """Write down how far reading in has come."""
    said = {
        "at": run.at.isoformat(), "what": run.what, "done": run.done, "of": run.of,
        "ended": run.ended, "run_id": run.run_id, "wrong": run.wrong,
    }  # fmt: skip
    _write(_folder(place, key) / _RUN, json.dumps(said).encode())
    if run.ended and not run.wrong:
        (place / key / _FILE).unlink(missing_ok=True)


def forget(place: Path, key: str) -> None:
    """Throw a file away, with everything about it."""
    shutil.rmtree(_folder(place, key), ignore_errors=True)


def prune(place: Path, *, now: datetime) -> int:
    """Throw away what has waited too long, and what nobody can read; return how many files went."""
    gone = 0
    for folder in _folders(place):
        about = _read(folder / _ABOUT)
        at = _moment(about["at"]) if about else datetime.fromtimestamp(folder.stat().st_mtime, now.tzinfo)
        if now - at > KEPT:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def _folders(place: Path) -> Iterator[Path]:
    return (each for each in place.iterdir() if each.is_dir()) if place.is_dir() else iter(())


def _folder(place: Path, key: str) -> Path:
    if not re.fullmatch(r"[0-9a-f]{32}", key):
        raise _nothing()
    return place / key


def _run(folder: Path) -> Run | None:
    said = _read(folder / _RUN)
    return Run(**{**said, "at": _moment(said["at"])}) if said else None


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # ValueError: it is being made this instant
        return None
    return found


def _write_about(folder: Path, about: Mapping[str, Any]) -> None:
    _write(folder / _ABOUT, json.dumps(about, ensure_ascii=False).encode())


def _write(path: Path, content: bytes) -> None:
    """Write a whole file at once: who reads meanwhile reads the old one."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    try:
        fresh.replace(path)
    except FileNotFoundError:  # it was thrown away meanwhile
        fresh.unlink(missing_ok=True)


def _plain(name: str) -> str:
    """Return a file's name as it may be shown: without folders and control characters."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(each for each in last if each.isprintable()).strip()[:120] or "register"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _nothing() -> NotFound:
    return NotFound("Filen finns inte kvar. Ladda upp den igen.")
