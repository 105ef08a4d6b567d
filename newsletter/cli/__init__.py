"""The command line: ``rundbrev``.

    main  language -> command (its module is imported when it is used) -> run -> exit status

Exit status: 0 fine, 1 refused or gone wrong, 2 wrong use or a wrong setting, 130 interrupted.
What went wrong is one sentence on standard error, in the person's language. With ``--json`` standard output
holds one JSON object all the same: ``{"error": "<the sentence>"}``.
"""

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from newsletter import language, settings
from newsletter.cli import frame, wording
from newsletter.cli.tree import Commands
from newsletter.errors import SettingsError
from newsletter.language import _, sentence
from subscribers.errors import SentenceError

app = typer.Typer(
    cls=Commands,
    add_completion=False,
    rich_markup_mode=None,
    help="""Rundbrev: föreningens nyhetsbrev, från artiklar till utskick.

    Exempel:
      rundbrev demo
      rundbrev issues list
      rundbrev issues show --help""",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # 20 ms that no other command should pay

        typer.echo(f"rundbrev {version('rundbrev')}")
        raise typer.Exit


@app.callback()
def _root(
    # The version's callback and main() do the work: both may be needed before a command is found.
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Visa versionen.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Visa hela felspårningen om något oväntat händer.")
    ] = False,
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run ``rundbrev`` with these arguments (default: the process's own). Always raises ``SystemExit``."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter is no reason to stop
    with language.using(settings.interface_language(_directory(given))):
        raise SystemExit(_run(given))


def _run(given: list[str]) -> int:
    frame.forget_emitted()
    try:
        status = typer.main.get_group(app).main(given, prog_name="rundbrev", standalone_mode=False)
        sys.stdout.flush()
    except typer.Abort:
        return _tell(_("Avbrutet."), given, 1)
    except typer.exceptions.TyperException as error:
        return _tell(wording.of(error, given), given, 2)
    except SentenceError as error:
        return _tell(sentence(error), given, 2 if isinstance(error, SettingsError) else 1)
    except BrokenPipeError:
        # Whoever read our output has had enough; a second complaint at exit would be noise.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        return _unexpected(error, given)
    return status if isinstance(status, int) else 0


def _tell(what: str, given: list[str], status: int) -> int:
    if "--json" in given and not frame.has_emitted():
        frame.emit({"error": what})
    typer.echo(what, err=True)
    return status


def _unexpected(error: Exception, given: list[str]) -> int:
    """Tell of a mistake of ours: a sentence for the person, the details in a file for whoever mends it."""
    details = "".join(traceback.format_exception(error))
    if "--debug" in given:
        typer.echo(details, err=True)
        return _tell(f"{type(error).__name__}: {error}", given, 1)
    # The details may name people, so they go where people's data lies, readable by the owner only.
    folder = _directory(given)
    handle, name = tempfile.mkstemp(
        prefix="error-", suffix=".txt", dir=folder if os.access(folder, os.W_OK) else None
    )
    os.close(handle)
    Path(name).write_text(f"rundbrev {' '.join(given)}\n\n{details}", encoding="utf-8")
    told = _("Något gick fel som inte borde kunna hända ({kind}). Detaljerna står i {file}.")
    return _tell(told.format(kind=type(error).__name__, file=name), given, 1)


def _directory(given: list[str]) -> Path:
    """Find ``--dir`` before anything is parsed: the language of the errors depends on it."""
    found = frame.DEFAULT_DIR
    for argument, following in zip(given, [*given, ""][1:], strict=True):
        if argument == "--dir" and following:
            found = Path(following)
        elif argument.startswith("--dir="):
            found = Path(argument.removeprefix("--dir="))
    return found
