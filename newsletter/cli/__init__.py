"""The command line: ``rundbrev``."""

import sys

import typer

from newsletter.errors import SettingsError
from newsletter.language import sentence
from subscribers.errors import SentenceError

app = typer.Typer(name="rundbrev", no_args_is_help=True, add_completion=False, rich_markup_mode=None)


def main() -> None:
    """Run ``rundbrev``: exit 0 when fine, 1 when refused, 2 for wrong use or a wrong setting."""
    try:
        app()
    except SettingsError as error:
        print(sentence(error), file=sys.stderr)
        raise SystemExit(2) from None
    except SentenceError as error:
        print(sentence(error), file=sys.stderr)
        raise SystemExit(1) from None
