"""What all commands share: the data directory, JSON for scripts, and sentences instead of tracebacks."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter import language
from newsletter.app import App, build
from newsletter.settings import load

DirOption = Annotated[
    Path, typer.Option("--dir", metavar="DIR", help="Datamappen: databas, brev, bilder och nycklar.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Skriv ett JSON-objekt, för skript.")]

DEFAULT_DIR = Path("var")


@contextmanager
def opened(directory: Path) -> Iterator[App]:
    """Load the settings, speak the person's language, and open the application for one command."""
    settings = load(directory)
    language.choose(settings.interface_language)
    with build(settings) as app:
        yield app


def emit(value: Any) -> None:
    """Print one JSON object to standard output; dates in ISO 8601."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
