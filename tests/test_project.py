"""The project keeps its word: the house is built as it is drawn, and holds nothing that must not be there."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

from newsletter import settings
from tests.project import PACKAGES, ROOT, name_of, read, sources, text_of, tracked

# --- The house ----------------------------------------------------------------------------------------------


def test_the_example_of_the_settings_lists_every_variable_with_a_sentence_and_its_default() -> None:
    listed = []
    for block in text_of(ROOT / ".env.example").strip().split("\n\n"):
        comments = [line.removeprefix("#").strip() for line in block.splitlines() if line.startswith("#")]
        assignments = [line for line in block.splitlines() if not line.startswith("#")]
        for line in assignments:
            name, _, default = line.partition("=")
            listed.append((name, default))
            assert len(assignments) == 1, f"{name} needs a sentence of its own"
            assert re.match(r"[A-Z].{20,}[.]$", " ".join(comments)), f"{name} needs a sentence"

    assert listed == list(settings.variables().items())


def test_every_test_module_mirrors_a_module() -> None:
    astray = []
    for path in tracked():
        parts = path.relative_to(ROOT).parts
        if parts[0] != "tests" or not path.name.startswith("test_") or parts[1] not in PACKAGES:
            continue
        folder = ROOT.joinpath(*parts[1:-1])
        words = path.stem.removeprefix("test_").split("_")
        # test_issues_at_midnight.py may stand beside test_issues.py: one file per behaviour.
        nouns = ["_".join(words[: n + 1]) for n in range(len(words))]
        if not any((folder / f"{noun}.py").is_file() or (folder / noun).is_dir() for noun in nouns):
            astray.append(name_of(path))

    assert astray == [], "these tests mirror no module"


def test_every_mail_has_its_whole_in_one_folder() -> None:
    folders = [folder for folder in (ROOT / "templates" / "email").iterdir() if folder.name[0] != "_"]

    assert folders
    for folder in folders:
        assert {"subject.txt", "body.mjml"} <= {path.name for path in folder.iterdir()}, folder.name


def test_the_imports_flow_one_way() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_clock_process_knows_only_the_application_jobs_who_leads_settings_logs_and_when_to_stop() -> None:
    """scheduler.py is a module, which the import contract cannot hold."""
    imported = set()
    for node in ast.walk(ast.parse(text_of(ROOT / "scheduler.py"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            imported |= set(names) if node.module in PACKAGES else {node.module}
        elif isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
    ours = {".".join(name.split(".")[:2]) for name in imported if name.split(".")[0] in PACKAGES}

    assert ours <= {
        "newsletter.app", "newsletter.jobs", "newsletter.leading", "newsletter.logs", "newsletter.settings",
        "newsletter.stopping",
    }  # fmt: skip


def test_the_environment_is_read_in_one_place_only() -> None:
    """The linter says so too; this also finds a ``from os import environ``, and a waiver too many."""
    names = ("environ", "getenv")
    readers = {
        file
        for file, tree in sources()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in names)
        or (isinstance(node, ast.ImportFrom) and any(alias.name in names for alias in node.names))
    }

    assert readers == {"newsletter/settings.py"}


def test_the_clock_is_asked_in_one_place_only() -> None:
    askers = {
        file
        for file, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("now", "utcnow", "today")
        and isinstance(node.value, ast.Name)
        and node.value.id in ("datetime", "date")
    }

    assert askers == {"newsletter/app.py"}


def test_the_changelog_tells_of_the_present_version() -> None:
    version = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["version"]

    assert re.search(rf"^## {re.escape(version)}\b", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)


# --- What must not stand in it ------------------------------------------------------------------------------


def test_no_sentence_of_a_real_newsletter_stands_in_the_project(seeds: Callable[[], list[Path]]) -> None:
    def squashed(text: str) -> str:
        return re.sub(r"\s+", " ", text)

    real = [squashed(text_of(path)) for path in seeds()]
    pieces = {text[at : at + 60] for text in real for at in range(0, len(text) - 60, 30)}
    texts = {name_of(path): squashed(text) for path in tracked() if (text := read(path)) is not None}

    assert pieces
    assert [name for name, text in texts.items() if any(piece in text for piece in pieces)] == []


def test_no_path_of_anybodys_machine_stands_in_the_project() -> None:
    # Put together here, so that this file does not hold what it looks for.
    homes = "|".join(("work", "root", r"home/\w+", r"Users/\w+"))
    somewhere = re.compile(rf"(?:^|[^A-Za-z0-9_.<])/(?:{homes})/", re.MULTILINE)
    found = [
        f"{name_of(path)}: {hit[0].strip()}"
        for path in tracked()
        if path.suffix != ".eml" and (text := read(path)) and (hit := somewhere.search(text))
    ]

    assert found == []


# --- The sample texts ---------------------------------------------------------------------------------------

SAMPLES = ROOT / "newsletter" / "demo" / "articles"


def test_no_address_or_number_in_the_sample_texts_belongs_to_anybody() -> None:
    """RFC 2606 keeps .example free, and PTS keeps series of telephone numbers free for fiction."""
    free = re.compile(r"070-174 06 \d\d|08-465 004 \d\d|031-390 06 \d\d|040-628 04 \d\d|0980-31 92 \d\d")
    strangers = []
    for path in SAMPLES.iterdir():
        hosts = re.findall(r"(?:https?://|@)([\w.-]+\w)", text_of(path))
        numbers = re.findall(r"\b0\d{1,3}-[\d ]{5,}\d", text_of(path))
        strangers += [f"{path.name}: {host}" for host in hosts if not host.endswith(".example")]
        strangers += [f"{path.name}: {number}" for number in numbers if not free.fullmatch(number)]

    assert strangers == []


def test_every_region_has_a_sample_text_of_its_own_and_every_text_its_place() -> None:
    regions = text_of(ROOT / "subscribers" / "data" / "regions.csv").splitlines()[1:]
    issue = tomllib.loads(text_of(SAMPLES.parent / "issue.toml"))
    used = {item["article"] for section in issue["sections"] for item in section["items"]}

    assert {path.stem for path in SAMPLES.iterdir()} == used
    for slug in (line.split(",", maxsplit=1)[0] for line in regions):
        assert f"audience: [{slug}]" in text_of(SAMPLES / f"region-{slug}.md")
