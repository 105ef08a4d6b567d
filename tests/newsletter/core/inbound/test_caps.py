"""A stranger's mail is measured before anything reads it."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from newsletter.core.inbound import caps
from newsletter.core.inbound.caps import scan

HEADER = b"From: a@example.org\nSubject: Hej\n"


def nested(levels: int) -> bytes:
    level = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"
    return HEADER + b"".join(level % (number, number) for number in range(levels)) + b"\nHej"


def test_an_ordinary_mail_is_left_as_it_is_but_for_its_line_ends() -> None:
    assert scan(HEADER.replace(b"\n", b"\r\n") + b"\r\nHej\r\n").raw == HEADER + b"\nHej\n"
    assert scan(HEADER + b"\nHej").over == ()


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "size": ("size", lambda: HEADER + b"\n" + b"x" * (caps.LARGEST + 1)),
    "field": ("field", lambda: b"To: " + b"a@example.org, " * 80_000 + b"\n" + HEADER + b"\nHej"),
    "folded": ("field", lambda: b"To: " + b"a\n b" * 80_000 + b"\n" + HEADER + b"\nHej"),
    "fields": ("fields", lambda: HEADER + b"X-A: b\n" * 50_000 + b"\nHej"),
    "no body": ("fields", lambda: HEADER + b"X-A: b\n" * 400_000),
    "depth": ("depth", lambda: nested(1_000)),
    "parts": (
        "parts",
        lambda: HEADER + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nHej\n" * 20_000,
    ),
    "lines": ("lines", lambda: HEADER + b"\n" + b"\n" * 5_000_000),
    "parameters": (
        "",
        lambda: HEADER + b"Content-Type: text/plain" + b";" * 60_000 + b"\n\nHej",
    ),
    "carriage returns": ("lines", lambda: HEADER + b"\n" + b"\r" * 5_000_000),
    "nothing": ("", lambda: b""),
    "NULs": ("", lambda: b"\0" * 1_000_000),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_over_a_cap_is_said_and_not_read(kind: str) -> None:
    over, make = HOSTILE[kind]

    scanned = scan(make())

    assert (over in scanned.over) if over else scanned.over == ()
    assert len(scanned.raw) <= caps.LARGEST


READS = """
import resource, sys
from newsletter.core.inbound.mail import read
from tests.newsletter.core.inbound.test_caps import HOSTILE
raw = HOSTILE[sys.argv[1]][1]()
before = resource.getrusage(resource.RUSAGE_SELF)
mail = read(raw)
after = resource.getrusage(resource.RUSAGE_SELF)
print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss - before.ru_maxrss)
"""


@pytest.mark.slow
def test_a_second_and_a_hundred_megabytes_are_enough_for_any_mail() -> None:
    """Not timed by the clock: seconds of the processor, which other work on the machine hardly changes."""
    took = {}
    for kind in HOSTILE:
        done = subprocess.run([sys.executable, "-c", READS, kind], capture_output=True, text=True, check=True)
        seconds, kilobytes = done.stdout.split()
        took[kind] = (float(seconds), int(kilobytes) // 1024)

    assert {kind: each for kind, each in took.items() if each[0] > 1 or each[1] > 100} == {}
