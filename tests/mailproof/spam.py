"""SpamAssassin's own rules over whole messages, without asking the network."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from tests.mailproof.mails import Mail

#: The most points that a mail of ours may get; SpamAssassin calls it spam at five.
MOST_POINTS = 1.0

#: What every filter of this kind calls spam, so that it can be seen to look (GTUBE).
SPAM = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n"

_SEPARATOR = b"From proof@localhost Mon Nov 25 08:30:00 2030\n"
_BOX = re.compile(r"^From proof@localhost .*\n", re.MULTILINE)
_STATUS = re.compile(r"^X-Spam-Status: (.*(?:\n[ \t].*)*)", re.MULTILINE)
_SCORE = re.compile(r"score=(-?\d+\.\d+) .*tests=(\S*)")
_FROM = re.compile(rb"^(>*From )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many points a mail got, and by which tests."""

    points: float
    tests: str


def verdicts(mails: Sequence[Mail]) -> list[Verdict]:
    """Return the verdict on each mail, all in one run; skip where there is no SpamAssassin."""
    if shutil.which("spamassassin") is None:
        pytest.skip("SpamAssassin is not installed")
    done = subprocess.run(
        ["spamassassin", "--local", "--test-mode", "--mbox", "--nocreate-prefs", "--prefspath=/dev/null"],
        input=b"".join(_in_a_box(mail, number) for number, mail in enumerate(mails)),
        capture_output=True,
        check=True,
    )
    # It takes them in an order of its own.
    judged = {
        _number(each): _verdict(each) for each in _BOX.split(done.stdout.decode("utf-8", "replace"))[1:]
    }
    assert judged.keys() == set(range(len(mails))), done.stderr.decode()
    return [judged[number] for number in range(len(mails))]


def _in_a_box(mail: Mail, number: int) -> bytes:
    """Return a message as mbox has it (RFC 4155), with lines that end as on this machine."""
    message = mail.message.replace(b"\r\n", b"\n")
    return b"%sX-Proof: %d\n%s\n" % (_SEPARATOR, number, _FROM.sub(rb">\1", message))


def _number(judged: str) -> int:
    found = re.search(r"^X-Proof: (\d+)$", judged, re.MULTILINE)
    assert found is not None, judged[:500]
    return int(found[1])


def _verdict(judged: str) -> Verdict:
    status = _STATUS.search(judged)
    assert status is not None, judged[:500]
    found = _SCORE.search(re.sub(r",\s+", ",", status[1]).replace("\n\t", " "))
    assert found is not None, status[1]
    return Verdict(float(found[1]), found[2])
