"""The tree of commands. A noun's module is imported when one of its commands is used, not before."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from inspect import cleandoc
from typing import Any

import typer
from typer.core import TyperGroup

from newsletter.cli import wording
from newsletter.language import _, mark


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a command lives. ``noun``: the whole module is one group of commands."""

    module: str
    summary: str
    noun: bool = False
    more: tuple[str, ...] = ()  # further modules whose commands stand in the same group
    hidden: bool = False


#: What ``rundbrev --help`` shows, in order, without importing any of it.
PLACES = {
    "articles": _Place("articles", mark("Artiklar: läs in texter, lista och visa dem."), noun=True),
    "members": _Place(
        "members",
        mark("Medlemmar: läs in registret, lista regionernas medlemmar."),
        noun=True,
        more=("rights", "life", "tags"),
    ),
    "roles": _Place("roles", mark("Roller: vem som gör vad för föreningen, och till när."), noun=True),
    "regions": _Place("regions", mark("Regioner: deras län, och vilka som hör dit."), noun=True),
    "lists": _Place("lists", mark("Listorna: vad de är till för, och på vilken grund vi skriver.")),
    "issues": _Place(
        "issues",
        mark("Nummer: sätt ihop, förhandsgranska, schemalägg och följ upp."),
        noun=True,
        more=("scheduling", "sendings"),
    ),
    "deliveries": _Place(
        "deliveries", mark("Brev: de som ingen vet om de kom fram, och vad som ska gälla för dem."), noun=True
    ),
    "inbound": _Place(
        "inbound", mark("Mejl som kommer in: ta emot ett, och se dem."), noun=True, more=("inboxes",)
    ),
    "calls": _Place(
        "calls", mark("Ring eller skriv till: personer som breven inte når, och vad som har hänt."), noun=True
    ),
    "notices": _Place(
        "notices", mark("Kallelser: vem som är nådd, brev på papper och kallelsebevis."), noun=True
    ),
    "segments": _Place(
        "segments", mark("Urval: spara regler som väljer personer, och se vilka de väljer."), noun=True
    ),
    "dkim": _Place(
        "dkim", mark("DKIM: nycklar att signera breven med, och vad som ska stå i DNS."), noun=True
    ),
    "doctor": _Place("doctor", mark("Kontrollera allt som riktiga brev behöver, och säg vad som är fel.")),
    "signin-link": _Place("sign_in", mark("Gör en länk att logga in med, när inga mejl kommer fram.")),
    "why": _Place("why", mark("Varför fick personen numret, eller varför inte?")),
    "log": _Place("log", mark("Loggen: vem som har gjort vad. Den växer bara.")),
    "serve": _Place("serving", mark("Starta allt: webbsidor, utskick och den lokala brevlådan.")),
    "work": _Place("running", mark("Sköt utskicken utan webbsidor.")),
    "worker": _Place("running", mark("Dela utskicken med andra maskiner, på en gemensam PostgreSQL.")),
    "sink": _Place("running", mark("Starta bara den lokala brevlådan, som tar emot övningsbrev.")),
    "sender": _Place("running", mark("Sändarprocessen, som serve och work startar själva."), hidden=True),
    "demo": _Place("demo", mark("Visa allt på en påhittad förening, från artiklar till brev.")),
    "drill": _Place("drill", mark("Öva avbrott: döda sändare mitt i arbetet, och räkna vad som kom fram.")),
}


#: Where a command or one of its parameters keeps what help shows.
_TEXTS = ("help", "short_help", "epilog", "metavar")


class Commands(TyperGroup):
    """The root: knows the names and summaries of all commands, and loads the one that is used."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        _localise(self)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Return the names of all commands, shown ones and hidden ones."""
        return list(PLACES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Import and return the command; None for an unknown name."""
        return load(cmd_name) if cmd_name in PLACES else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; the names known beforehand are what a misspelt one is compared with."""
        names: Any = dict.fromkeys(PLACES)  # only the keys are read
        self.commands = names
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the list of commands from their summaries alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _(p.summary)) for name, p in PLACES.items() if not p.hidden])


def load(name: str) -> Any:
    """Import a top-level command and return it, its help in the current language."""
    place = PLACES[name]
    module = import_module(f"newsletter.cli.{place.module}")
    group = typer.main.get_group(module.app)
    for more in place.more:
        group.commands.update(typer.main.get_group(import_module(f"newsletter.cli.{more}").app).commands)
    command = group if place.noun else group.commands[name]
    command.name = name
    command.help = command.help or place.summary
    for each in walk(command):
        _localise(each)
    return command


def walk(command: Any) -> Iterator[Any]:
    """Yield a command and all commands below it."""
    yield command
    if not isinstance(command, Commands) and isinstance(command, TyperGroup):
        for child in command.commands.values():
            yield from walk(child)


def help_texts(command: Any) -> Iterator[str]:
    """Yield the texts of a command that people read in its help, one paragraph block each."""
    for owner in (command, *command.params):
        yield from (cleandoc(text) for name in _TEXTS if (text := getattr(owner, name, None)))


def _localise(command: Any) -> None:
    for owner in (command, *command.params):
        for name in _TEXTS:
            if text := getattr(owner, name, None):
                setattr(owner, name, _(cleandoc(text)))
    command.context_class = wording.Context
    command.rich_markup_mode = None  # plain lines, which can be piped and translated
    if isinstance(command, TyperGroup) and not command.invoke_without_command:
        command.no_args_is_help = True
