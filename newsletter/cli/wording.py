"""Typer's words, in the person's language: the frame of help texts, and what is said of wrong use.

Typer has no catalogue to put a translation in. It does let a context choose its formatter, and its
error messages are few; one that is not in the table is shown as it is.
"""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import typer
from typer._click.formatting import HelpFormatter  # Typer has no public name for it

from newsletter.language import _, mark

_HEADINGS = {
    "Options": mark("Flaggor"),
    "Arguments": mark("Argument"),
    "Commands": mark("Kommandon"),
}

#: What stands between < and > as the kind of a value, or in capitals in the usage line.
_KINDS = {
    "<int>": mark("<heltal>"),
    "<str>": mark("<text>"),
    "<path>": mark("<sökväg>"),
    "<file>": mark("<fil>"),
    "<dir>": mark("<mapp>"),
    "[OPTIONS]": mark("[FLAGGOR]"),
    "COMMAND [ARGS]...": mark("KOMMANDO ..."),
}

_NOTES = {
    "Show this message and exit.": mark("Visa den här hjälpen."),
    "[default: ": mark("[förval: "),
    "; default: ": mark("; förval: "),
    "[required]": mark("[krävs]"),
    "; required]": mark("; krävs]"),
}

#: Typer's message as a pattern, and our sentence with the pattern's named groups in it.
_WRONG_USE = (
    (r"No such option: (?P<given>\S+) \(Possible options: (?P<near>.+)\)",
     mark("Flaggan {given} finns inte. Menade du {near}?")),
    (r"No such option: (?P<given>\S+)", mark("Flaggan {given} finns inte.")),
    (r"No such command '(?P<given>.+?)'\. Did you mean '(?P<near>.+)'\?",
     mark("Kommandot {given} finns inte. Menade du {near}?")),
    (r"No such command '(?P<given>.+?)'\.", mark("Kommandot {given} finns inte.")),
    (r"Missing command\.", mark("Ange ett kommando.")),
    (r"Missing option '(?P<name>.+?)'\..*", mark("Flaggan {name} måste anges.")),
    (r"Missing argument '(?P<name>.+?)'\..*", mark("Ange {name}.")),
    (r"Option '(?P<name>.+)' requires .+\.", mark("Efter flaggan {name} ska det stå ett värde.")),
    (r"Option '(?P<name>.+)' does not take a value\.", mark("Flaggan {name} tar inget värde.")),
    (r"Got unexpected extra argument\(s\) \((?P<given>.+)\)",
     mark("Det står mer på raden än kommandot kan ta emot: {given}.")),
    (r"Invalid value for '(?P<name>.+?)': Input should be a valid (integer|number).*",
     mark("{name} är ”{value}”, men ska vara ett heltal.")),
    (r"Invalid value for '(?P<name>.+?)': Input should be (?P<bound>(greater|less) than .+)",
     mark("{name} är {value}, vilket ligger utanför gränserna.")),
    (r"Invalid value for '(?P<name>.+?)': (Value error, )?'(?P<given>.*)' is not one of (?P<choices>.+)\.",
     mark("{name} är ”{given}”, men ska vara något av {choices}.")),
    (r"Invalid value for '(?P<name>.+?)': \w+ '(?P<given>.+)' does not exist\.",
     mark("{given} finns inte.")),
    (r"Invalid value for '(?P<name>.+?)': \w+ '(?P<given>.+)' is a directory\.",
     mark("{given} är en mapp, men ska vara en fil.")),
    (r"Invalid value for '(?P<name>.+?)': \w+ '(?P<given>.+)' is a file\.",
     mark("{given} är en fil, men ska vara en mapp.")),
    (r"Invalid value for '(?P<name>.+?)': \w+ '(?P<given>.+)' is not (readable|writable)\.",
     mark("{given} går inte att komma åt: du saknar rättighet till den.")),
    (r"Invalid value for '(?P<name>.+?)': (?P<message>.+)", mark("{name}: {message}")),
    (r"Invalid value: (?P<message>.+)", mark("{message}")),
)  # fmt: skip


def of(error: Any, given: Sequence[str]) -> str:
    """Return what to say about Typer's error: a sentence, and where help is. Help itself stays as it is.

    ``given`` are the words after ``rundbrev``: some errors do not know which command they are about.
    """
    message = error.format_message()
    if type(error).__name__ == "NoArgsIsHelpError":
        return str(message).rstrip()
    context = getattr(error, "ctx", None)
    words = takewhile(lambda word: not word.startswith("-"), given[:2])
    command = context.command_path if context else " ".join(("rundbrev", *words))
    return _sentence(error, message) + _(" Skriv ”{command} --help” för hjälp.").format(command=command)


def _sentence(error: Any, message: str) -> str:
    for pattern, ours in _WRONG_USE:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return _(ours).format(value=_offending(error), **_tidied(found.groupdict()))
    return message


def _tidied(groups: dict[str, str]) -> dict[str, str]:
    """Take Typer's own quotation marks, commas and dots out of what goes into our sentences."""
    tidied = groups | {name: groups[name].replace("'", "") for name in ("near", "choices") if name in groups}
    if "near" in groups:
        tidied["near"] = tidied["near"].replace(", ", _(" eller "))
    if "name" in groups:
        tidied["name"] = groups["name"].rstrip(".")
    return tidied


def _offending(error: BaseException) -> object:
    problems: list[dict[str, object]] = getattr(error.__cause__, "errors", list)()
    return problems[0].get("input", "") if problems else ""


class _Formatter(HelpFormatter):
    """Writes help in the person's language; a paragraph that begins with an example keeps its lines."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, _replaced(args, _KINDS), prefix or _("Användning: "))

    def write_heading(self, heading: str) -> None:
        super().write_heading(_(_HEADINGS[heading]) if heading in _HEADINGS else heading)

    def write_text(self, text: str) -> None:
        for number, paragraph in enumerate(text.split("\n\n")):
            if number:
                self.write("\n")
            if paragraph.startswith((_("Exempel:"), "Exempel:")):
                self.write("".join(f"{' ' * self.current_indent}{line}\n" for line in paragraph.splitlines()))
            else:
                super().write_text(paragraph)

    def write_dl(self, rows: Any, col_max: int = 30, col_spacing: int = 2) -> None:
        told = [(_replaced(term, _KINDS), _replaced(meaning, _NOTES)) for term, meaning in rows]
        super().write_dl(told, col_max, col_spacing)


def _replaced(text: str, table: dict[str, str]) -> str:
    for english, ours in table.items():
        text = text.replace(english, _(ours))
    return text


class Context(typer.Context):
    """What Typer makes for each command; this one writes help in the person's language."""

    formatter_class = _Formatter
