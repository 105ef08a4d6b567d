"""What is written about the project is true: commands exist, links lead somewhere, help shows examples."""

import re
import shlex
from pathlib import Path

from newsletter.cli import tree
from tests.project import ROOT, commands, name_of, options_of, text_of, tracked

#: The words of the interface: each has one English term, and stands in the glossary.
SWEDISH_WORDS = [
    "nummer", "artikel", "inslag", "regionversion", "region", "lista", "prenumerant", "medlem", "urval",
    "mottagare", "utskick", "spärrad adress", "överlämnat", "redaktör", "regionansvarig",
]  # fmt: skip

FENCED = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def documents() -> list[Path]:
    return [
        path for path in tracked() if path.suffix == ".md" and name_of(path).startswith(("README", "docs/"))
    ]


def prose(path: Path) -> str:
    """Return a document without its blocks of code."""
    return FENCED.sub("", text_of(path))


def shown_commands() -> list[tuple[str, str]]:
    """Return what follows ``rundbrev`` in each command of the documents, with the document's name."""
    found = []
    for path in documents():
        blocks = FENCED.findall(text_of(path).replace("\\\n", " "))
        lines = [line for block in blocks for line in block.splitlines()]
        lines += re.findall(r"`([^`\n]*rundbrev [^`\n]+)`", prose(path))
        shown = [re.search(r"(?:^|[\s/$])rundbrev ([a-z-].*)", line) for line in lines]
        found += [(name_of(path), hit[1]) for hit in shown if hit]
    return found


# --- Commands -----------------------------------------------------------------------------------------------


def test_every_make_command_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = {
        (name_of(path), word)
        for path in documents()
        for word in re.findall(r"(?:`|^|&& )make ([a-z]+)", text_of(path), re.MULTILINE)
    }

    assert {"demo", "test", "check", "serve"} <= targets
    assert {("README.md", "demo"), ("README.md", "test")} <= named
    assert sorted((where, word) for where, word in named if word not in targets) == []


def test_every_rundbrev_command_in_the_documents_exists_with_its_options() -> None:
    shown = shown_commands()

    assert len(shown) >= 10
    assert [f"{where}: rundbrev {line}: {why}" for where, line in shown if (why := _mistake(line))] == []


def _mistake(line: str) -> str:
    words = shlex.split(re.split(r" [|&]", line)[0], comments=True)
    known = dict(commands())
    matching = [path for path in known if words[: path.count(" ") + 1] == path.split()]
    if not matching and words[0] in tree.PLACES:
        group = tree.load(words[0])
        if getattr(group, "invoke_without_command", False) and words[1:2] and words[1].startswith("--"):
            known, matching = {words[0]: group}, [words[0]]  # it does something by itself: a pipe
    if not matching:
        nouns = {path.split()[0] for path in known} | {"--help", "--version"}
        return "" if words[0] in nouns and len(words) == 1 else "there is no such command"
    options = options_of(known[matching[0]]) | {"--help"}
    unknown = [word for word in words if word.startswith("--") and word.split("=")[0] not in options]
    return f"there is no {', '.join(unknown)}" if unknown else ""


def test_every_command_tells_what_it_does_and_shows_an_example() -> None:
    every = dict(commands())

    assert len(every) >= 10
    silent = [path for path, command in every.items() if f"rundbrev {path}" not in (command.help or "")]
    assert silent == [], "their --help shows no example of its own"


def test_every_command_takes_a_data_directory_and_can_answer_in_json() -> None:
    lacking = []
    for path, command in commands():
        # These keep running until they are stopped: there is no answer to give at the end.
        wanted = {"--dir"} if path in ("serve", "sink", "sender") else {"--dir", "--json"}
        lacking += [f"{path}: {option}" for option in sorted(wanted - options_of(command))]

    assert lacking == []


# --- Links and words ----------------------------------------------------------------------------------------


def test_every_link_in_the_documents_leads_somewhere() -> None:
    broken = []
    for path in [*documents(), ROOT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            goal = (path.parent / file).resolve() if file else path
            if not goal.exists() or (anchor and anchor not in _anchors(goal)):
                broken.append(f"{name_of(path)}: {target}")

    assert broken == []


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_document_can_be_found_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        if path in reached or path.suffix != ".md":
            continue
        reached.add(path)
        for target in re.findall(r"\]\(([^)\s#:]+)", prose(path)):
            goal = (path.parent / target).resolve()
            waiting += sorted(goal.glob("*.md")) if goal.is_dir() else [goal]

    assert [name_of(path) for path in documents() if path not in reached] == []


def test_the_glossary_has_every_word_of_the_interface() -> None:
    glossary = text_of(ROOT / "docs" / "glossary.md").lower()

    assert [word for word in SWEDISH_WORDS if not re.search(rf"\| *{word}\b", glossary)] == []
