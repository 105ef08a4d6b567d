"""Typing commands and reading their answers, for all tests of the command line."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter import cli

#: What every command says on standard error while nothing leaves this machine.
BANNER = "Övningsläge – inga brev skickas på riktigt\n"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Type a command. Gives status, standard output, and standard error without the banner."""

    def run(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stopped:
            cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        return int(stopped.value.code or 0), out, err.removeprefix(BANNER)

    return run


@pytest.fixture
def answer(run: Run) -> Callable[..., Any]:
    """The JSON object that a command answers with when all is well."""

    def ask(*words: object) -> Any:
        status, out, err = run(*words, "--json")
        assert (status, err) == (0, "")
        return json.loads(out)

    return ask


@pytest.fixture
def migrated(tmp_path: Path, sqlite_template: Path) -> None:
    """Put a migrated database where ``--dir var`` looks for it: to migrate one takes a second each time."""
    (tmp_path / "var").mkdir()
    shutil.copyfile(sqlite_template, tmp_path / "var" / "rundbrev.db")
