"""Installed away from the checkout, Rundbrev works: everything it needs comes along in the wheel."""

import json
import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Elsewhere:
    """A virtual environment with the wheel in it, and an empty folder to stand in."""

    venv: Path
    folder: Path

    def run(self, *command: str, timeout: int = 300) -> subprocess.CompletedProcess[str]:
        """Run one of the environment's programs, with no setting from outside."""
        return subprocess.run(
            [str(self.venv / "bin" / command[0]), *command[1:]],
            cwd=self.folder,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(self.folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    root = tmp_path_factory.mktemp("elsewhere")
    # Source archive first and the wheel out of that, as a distributor would: what it lacks, the wheel lacks.
    _check([sys.executable, "-m", "build", "--no-isolation", "--outdir", str(root / "dist"), str(CHECKOUT)])
    (wheel,) = (root / "dist").glob("*.whl")

    venv = root / "venv"
    _check([sys.executable, "-m", "venv", "--without-pip", str(venv)])
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python"), "--quiet"]
    _check([*pip, "install", "--no-deps", "--no-index", str(wheel)])
    # The dependencies are lent, which saves minutes. A .pth line adds a folder but does not read the .pth
    # files in it, so the checkout's own editable install stays out; the first test makes sure.
    (site_packages,) = venv.glob("lib/python*/site-packages")
    (site_packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")

    folder = root / "somewhere"
    folder.mkdir()
    return Elsewhere(venv, folder)


def _check(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_packages_come_from_the_wheel_and_not_from_the_checkout(elsewhere: Elsewhere) -> None:
    script = (
        "import newsletter, subscribers, scheduler; print(newsletter.__file__); print(subscribers.__file__)"
    )
    done = elsewhere.run("python", "-c", script + "; print(scheduler.__file__)")

    assert done.returncode == 0, done.stderr
    for place in done.stdout.split():
        assert Path(place).is_relative_to(elsewhere.venv), place


def test_the_wheel_brings_all_that_is_not_python(elsewhere: Elsewhere) -> None:
    (site_packages,) = elsewhere.venv.glob("lib/python*/site-packages")

    def files(folder: Path) -> set[str]:
        return {
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and path.suffix != ".pyc"
        }

    assert files(site_packages / "newsletter" / "_templates") == files(CHECKOUT / "templates")
    for package in ("newsletter", "subscribers"):
        assert files(CHECKOUT / package) <= files(site_packages / package)


def test_a_person_who_installs_the_wheel_is_helped(elsewhere: Elsewhere) -> None:
    done = elsewhere.run("rundbrev", "--help")

    assert done.returncode == 0, done.stderr
    assert "demo" in done.stdout


def test_the_installed_demo_reaches_every_invented_member(elsewhere: Elsewhere) -> None:
    data = elsewhere.folder / "data"

    done = elsewhere.run(
        "rundbrev", "demo", "--once", "--json", "--subscribers", "30", "--dir", str(data), timeout=600
    )

    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["subscribers"] >= 30
    mails = [path.read_bytes() for path in (data / "sink").rglob("*.eml")]
    # Who leaves by one click is told so by mail, a moment later: that is no letter of the issue.
    letters = [mail for mail in mails if b"\nAuto-Submitted: auto-generated" not in mail]
    assert told["accepted"] == told["sink_messages"] == len(letters) > 0
    assert (data / "rundbrev.db").is_file()
