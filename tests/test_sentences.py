"""Swedish first, English second: every sentence that a person may read stands whole, in both languages."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import typer
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from subscribers.errors import SentenceError
from tests.project import ROOT, commands, name_of, read, sources, tracked

#: The functions that sentences are handed to, and how many of their arguments are sentences.
WRAPPERS = {"_": 1, "mark": 1, "ngettext": 2}


class Said(NamedTuple):
    """A sentence and its place. ``whole`` is False for one that is put together in the code."""

    where: str
    text: str
    whole: bool = True


@cache
def kinds_of_error() -> frozenset[str]:
    """Return the names of all kinds of SentenceError, wherever they are defined."""
    parents = {
        node.name: {_name(base) for base in node.bases}
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    kinds = {SentenceError.__name__}
    while more := {name for name, bases in parents.items() if bases & kinds} - kinds:
        kinds |= more
    return frozenset(kinds)


def errors() -> Iterator[tuple[str, ast.Call]]:
    """Yield each place where a SentenceError is made."""
    for file, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) in kinds_of_error():
                yield f"{file}:{node.lineno}", node


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")


def said_in_errors() -> Iterator[Said]:
    for where, call in errors():
        first = call.args[0] if call.args else ast.Constant("")
        whole = isinstance(first, ast.Constant) and isinstance(first.value, str)
        yield Said(where, str(first.value) if isinstance(first, ast.Constant) else ast.unparse(first), whole)


def said_in_code() -> Iterator[Said]:
    """Yield what is handed to ``_`` and its like. A name is left out: its text stands elsewhere, marked."""
    for file, tree in sources():
        if file == "newsletter/language.py":
            continue
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and _name(node.func) in WRAPPERS):
                continue
            for argument in node.args[: WRAPPERS[_name(node.func)]]:
                if isinstance(argument, ast.Constant):
                    yield Said(f"{file}:{node.lineno}", str(argument.value))
                elif not isinstance(
                    argument, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.IfExp
                ):
                    yield Said(f"{file}:{node.lineno}", ast.unparse(argument), whole=False)


def said_in_templates() -> Iterator[Said]:
    for path in tracked():
        if path.relative_to(ROOT).parts[0] != "templates" or read(path) is None:
            continue
        found = extract_from_file(
            "jinja2.ext:babel_extract",
            path,
            keywords={"_": None, "gettext": None, "ngettext": (1, 2)},
            options={"encoding": "utf-8", "trimmed": "true", "silent": "false"},
        )
        for line, message, _comments, _context in found:
            for text in (message,) if isinstance(message, str) else message:
                yield Said(f"{name_of(path)}:{line}", text)


def said_in_help() -> Iterator[Said]:
    from newsletter.cli import app, tree

    for text in tree.help_texts(typer.main.get_group(app)):
        yield Said("rundbrev --help", text)
    for word in tree.PLACES:
        for command in tree.walk(tree.load(word)):
            for text in tree.help_texts(command):
                yield Said(f"rundbrev {word} --help ({command.name})", text)


def everything_said() -> Iterator[Said]:
    yield from said_in_errors()
    yield from said_in_code()
    yield from said_in_templates()
    yield from said_in_help()


@cache
def english() -> dict[str, str]:
    """Return the English catalogue: Swedish text to English text, a plural under both of its forms."""
    with (ROOT / "newsletter" / "locale" / "en.po").open("rb") as file:
        catalogue = read_po(file, locale="en")
    found = {}
    for message in catalogue:
        ids = (message.id,) if isinstance(message.id, str) else message.id
        texts = (message.string,) if isinstance(message.string, str) else message.string
        for swedish, text in zip(ids, texts, strict=True):
            found[swedish] = "" if message.fuzzy or not all(texts) else text
    return {swedish: text for swedish, text in found.items() if swedish}


def places(text: str) -> set[str]:
    """Return the names of what is filled in: ``{named}`` in code, ``%(named)s`` in templates."""
    return {name for pair in re.findall(r"\{(\w+)|%\((\w+)\)s", text) for name in pair if name}


# --- The code -----------------------------------------------------------------------------------------------


def test_no_sentence_is_put_together_before_it_is_translated() -> None:
    pieces = [said for said in (*said_in_errors(), *said_in_code()) if not said.whole]

    assert [f"{said.where}: {said.text}" for said in pieces] == []


def test_every_error_ends_like_a_sentence_and_has_a_fact_for_every_place() -> None:
    wrong = []
    for said, (_, call) in zip(said_in_errors(), errors(), strict=True):
        facts = {keyword.arg for keyword in call.keywords}
        if None not in facts and not places(said.text) <= facts:  # None: **facts, which cannot be seen here
            wrong.append(f"{said.where}: nothing fills {sorted(places(said.text) - facts)}")
        if not re.search(r"[.!?]”?$", said.text):
            wrong.append(f"{said.where}: “{said.text}” is no sentence")

    assert wrong == []


# --- The catalogue ------------------------------------------------------------------------------------------


def test_every_sentence_can_be_read_in_english() -> None:
    missing = {
        said.text: said.where for said in everything_said() if said.text and not english().get(said.text)
    }

    told = "\n".join(f"{where}\n  msgid {text!r}" for text, where in sorted(missing.items()))
    assert not missing, f"{len(missing)} texts have no English in newsletter/locale/en.po:\n{told}"


def test_the_english_sentences_have_the_same_places_to_fill_in() -> None:
    differing = [f"{sv!r} -> {en!r}" for sv, en in english().items() if en and places(en) != places(sv)]

    assert differing == []


def test_the_catalogue_holds_no_sentence_that_nobody_says_any_more() -> None:
    current = {said.text for said in everything_said()}

    assert sorted(text for text in english() if text not in current) == []


def test_every_command_has_texts_to_translate() -> None:
    """Guards the test above: were help not found, nothing would be missing either."""
    assert len({said.text for said in said_in_help()}) > len(list(commands()))
