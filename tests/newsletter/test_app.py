"""The composition root: one data directory, one key, one database, closed when done."""

import multiprocessing
import os
import stat
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter.app import build
from newsletter.errors import PlaceTaken, SettingsError
from newsletter.settings import load
from subscribers.core.authority import Everything
from subscribers.core.tokens import Purpose, make, read
from subscribers.models import Region


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def a_token(directory, start, results):
    start.wait()
    with build(load(directory, {})) as app:
        results.put(make(app.keyring, Purpose.LETTERS, 1, 2, 3))


def test_an_empty_directory_becomes_a_working_application(tmp_path):
    directory = tmp_path / "förening" / "var"
    with build(load(directory, {})) as app, app.sessions() as session:
        assert len(session.scalars(select(Region)).all()) == 10
        assert app.now().tzinfo is UTC
        assert app.everything("a test") == Everything("a test")

    for folder in (app.paths.root, app.paths.sink, app.paths.media, app.paths.journal, app.paths.keys):
        assert folder.is_dir()
        assert mode_of(folder) == 0o700, f"others may look into {folder.name}"


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path):
    with build(load(tmp_path, {})) as app:
        token = make(app.keyring, Purpose.LETTERS, 1, 2, 3)
        key = app.paths.keys / "tokens.key"
        before = key.read_bytes()

    with build(load(tmp_path, {})) as app:
        assert read(app.keyring, Purpose.LETTERS, token) == (1, 2, 3)

    assert key.read_bytes() == before
    assert mode_of(key) == 0o600
    assert {path.name for path in key.parent.iterdir()} == {"tokens.key", "erasures.key"}


def test_processes_that_start_together_agree_on_the_key(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    start, results = spawn.Event(), spawn.Queue()
    starters = [spawn.Process(target=a_token, args=(tmp_path, start, results)) for _ in range(3)]
    for starter in starters:
        starter.start()
    start.set()

    tokens = {results.get(timeout=60) for _ in starters}

    for starter in starters:
        starter.join(timeout=60)
        assert starter.exitcode == 0
    assert len(tokens) == 1
    assert {path.name for path in (tmp_path / "keys").iterdir()} == {"tokens.key", "erasures.key"}


def test_a_directory_that_is_a_file_is_told_in_a_sentence(tmp_path):
    place = tmp_path / "var"
    place.write_text("hej")

    with pytest.raises(PlaceTaken, match="--dir") as refused:
        build(load(place / "djupare", {}))

    assert str(place) in str(refused.value)


def test_a_directory_that_cannot_be_written_to_is_told_in_a_sentence(tmp_path):
    place = tmp_path
    if os.geteuid() == 0:
        place = Path("/proc")  # the superuser may write anywhere but there
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PlaceTaken, match="går inte att skriva i"):
            build(load(place / "var", {}))
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("content", ["", "inte hexadecimalt", "abc"])
def test_a_damaged_key_is_not_replaced_but_told_of(tmp_path, content):
    build(load(tmp_path, {})).close()
    key = tmp_path / "keys" / "tokens.key"
    key.write_text(content)

    with pytest.raises(SettingsError, match=r"tokens\.key är skadad"):
        build(load(tmp_path, {}))

    assert key.read_text() == content


def test_the_connections_are_given_back_when_the_application_closes(tmp_path):
    with build(load(tmp_path, {})) as app, app.sessions() as session:
        session.scalars(select(Region)).first()
        assert app.engine.pool.checkedout() == 1

    assert app.engine.pool.checkedout() == 0
