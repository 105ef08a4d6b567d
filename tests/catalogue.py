"""What people can read, found in the source: every sentence that ``newsletter/locale/en.po`` must know.

    _("..."), mark("..."), ngettext(one, many)     code
    AnyError("...")                                the sentence of every SentenceError
    {{ _("...") }}, {% trans %}                    templates
    help of every command and option               the command line

``python -m tests.catalogue`` brings the file up to date: new sentences are added with an empty translation,
unused ones are dropped. Translating is left to whoever ran it.
"""

import ast
import io
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import typer
from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from newsletter.cli import app, tree
from tests.project import ROOT, sources

CATALOGUE = ROOT / "newsletter" / "locale" / "en.po"

HEADER = r"""# English for Rundbrev. The keys are the Swedish sentences; tests/catalogue.py collects them.
msgid ""
msgstr ""
"Language: en\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""

#: A sentence, or its forms for one and for many; and where it stands.
Message = str | tuple[str, str]
Found = tuple[Message, str]


@cache
def wanted() -> dict[Message, list[str]]:
    """Return every sentence that needs a translation, and the places where it stands."""
    places: dict[Message, list[str]] = {}
    for message, place in (*_in_code(), *_in_templates(), *_in_help()):
        places.setdefault(message, []).append(place)
    return places


def load(path: Path = CATALOGUE) -> Catalog:
    """Read the catalogue."""
    return read_po(io.BytesIO(path.read_bytes()), locale="en")


def error_classes() -> frozenset[str]:
    """Return the names of SentenceError and all classes derived from it, wherever they are defined."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for _, module in sources()
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
    }
    known = {"SentenceError"}
    while more := {name for name, its in bases.items() if its & known} - known:
        known |= more
    return frozenset(known)


def _calls(names: frozenset[str]) -> Iterator[tuple[str, ast.Call]]:
    for file, module in sources():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and _name(node.func) in names:
                yield f"{file}:{node.lineno}", node


def _name(function: ast.expr) -> str:
    return getattr(function, "id", "") or getattr(function, "attr", "")


def _in_code() -> Iterator[Found]:
    for place, call in _calls(error_classes() | {"_", "mark", "ngettext"}):
        words = [
            arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if _name(call.func) == "ngettext":
            if len(words) == 2:
                yield (words[0], words[1]), place
        elif words and words[0]:
            yield words[0], place


def _in_templates() -> Iterator[Found]:
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
    options = {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in (".html", ".txt", ".mjml", ".xml"):
            found = extract("jinja2", io.BytesIO(path.read_bytes()), keywords, (), options)
            for line, message, _, _ in found:
                yield message, f"{path.relative_to(ROOT)}:{line}"


def _in_help() -> Iterator[Found]:
    for name in tree.PLACES:
        for command in tree.walk(tree.load(name)):
            for text in tree.help_texts(command):
                yield text, f"rundbrev {name} {'' if command.name == name else command.name} --help"
    for text in tree.help_texts(typer.main.get_group(app)):
        yield text, "rundbrev --help"


def update(path: Path = CATALOGUE) -> Sequence[str]:
    """Write the catalogue anew from the source; return the sentences that still need a translation."""
    before = load(path)
    catalogue = Catalog(locale="en")
    missing = []
    for message, places in wanted().items():
        known = before.get(message if isinstance(message, str) else message[0])
        translation = known.string if known else ""
        catalogue.add(message, translation, auto_comments=sorted({p.split(":")[0] for p in places})[:2])
        if not (translation if isinstance(translation, str) else all(translation)):
            missing.append(message if isinstance(message, str) else message[0])
    written = io.BytesIO()
    write_po(written, catalogue, width=100, omit_header=True)
    path.write_bytes(HEADER.encode() + written.getvalue())
    return missing


if __name__ == "__main__":
    for sentence in update():
        print(sentence)
