"""What all commands share: the data directory, JSON for scripts, and sentences instead of tracebacks."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter import language, logs
from newsletter.errors import DatabaseRefused, database_refused
from newsletter.language import _
from newsletter.settings import Settings, load

if TYPE_CHECKING:
    from newsletter.app import App


def _directory(given: str | Path) -> Path:
    """Read ``--dir``. An empty one, as from an unset variable, would be the current directory."""
    if not str(given).strip():
        raise typer.BadParameter(_("mappens namn är tomt. Skriv vilken mapp det gäller, som --dir var."))
    return Path(given)


DirOption = Annotated[
    Path,
    # The parser spares every command the import of pydantic, which Typer would check the path with.
    typer.Option(
        "--dir", metavar="DIR", parser=_directory, help="Datamappen: databas, brev, bilder och nycklar."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Skriv ett JSON-objekt, för skript.")]
IssueArgument = Annotated[
    str, typer.Argument(metavar="NUMMER", help="Numrets id, eller nummer och år som 12/2026.")
]

DEFAULT_DIR = Path("var")

_emitted: ContextVar[bool] = ContextVar("emitted", default=False)


@contextmanager
def opened(directory: Path) -> Iterator["App"]:
    """Load the settings, speak the person's language, and open the application for one command.

    Says on standard error, except with ``--json``, that this is practice while no letter is really sent.
    Raises ``SettingsError``, ``PlaceTaken`` for a directory that cannot be written to, and
    ``DatabaseRefused`` for a database that does not answer, at the start or later.
    """
    # SQLAlchemy takes a fifth of a second, which --help and wrong use should not pay.
    from sqlalchemy.exc import DatabaseError, DataError, OperationalError

    from newsletter.app import build

    settings = load(directory)
    language.choose(settings.interface_language)
    logs.begin(settings.log_format, settings.log_level)
    try:
        app = build(settings)
    except DatabaseError as error:
        raise database_refused(error.orig) from error
    with app:
        try:
            announce(app.current())  # with what stands on the association's own page
            yield app
        except OperationalError as error:
            raise database_refused(error.orig) from error
        except (DataError, OverflowError) as error:
            if isinstance(error, OverflowError) and "SQLite" not in str(error):
                raise
            # Databases have a largest number, and so a largest id; both refuse to look for one above it.
            raise DatabaseRefused(
                "Ett tal är större än något id i registret. Kontrollera det du skrev."
            ) from error


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a database that does not answer into ``DatabaseRefused``, where no application is opened."""
    from sqlalchemy.exc import OperationalError  # as above

    try:
        yield
    except OperationalError as error:
        raise database_refused(error.orig) from error


def announce(settings: Settings) -> None:
    """Say on standard error that this is practice, while no letter is really sent; not with ``--json``."""
    if settings.practice and not _asked_for_json():
        typer.echo(_("Övningsläge – inga brev skickas på riktigt"), err=True)


def emit(value: Any) -> None:
    """Print one JSON object to standard output; dates in ISO 8601."""
    _emitted.set(True)
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def emit_line(value: Any) -> None:
    """Print a JSON object on a line of its own: one of several, as something changes."""
    _emitted.set(True)
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def show_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their headings; numbers to the right. Nothing is cut off when the output is piped."""
    from rich.console import Console  # only those who read tables pay for it
    from rich.table import Table
    from rich.text import Text

    body = [list(row) for row in rows]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, heading in enumerate(headings):
        numeric = bool(body) and all(isinstance(row[index], int) for row in body)
        table.add_column(Text(heading), justify="right" if numeric else "left", overflow="fold")
    for row in body:
        # As text, not markup, and on one line: [brackets] and control characters are somebody's words.
        table.add_row(*(Text(_printable(str(cell))) for cell in row))
    width = None if sys.stdout.isatty() else 1_000
    Console(file=sys.stdout, width=width, highlight=False, soft_wrap=width is not None).print(table)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def has_emitted() -> bool:
    """Tell whether this command has printed its JSON object already: an error must not add another."""
    return _emitted.get()


def forget_emitted() -> None:
    """Begin a command with nothing printed."""
    _emitted.set(False)


def _asked_for_json() -> bool:
    from typer._click.globals import get_current_context  # Typer has no public name for it

    context = get_current_context(silent=True)
    if context is None:
        return False
    names = [p.name for p in context.command.params if "--json" in p.opts and p.name]
    return any(context.params.get(name) for name in names)
