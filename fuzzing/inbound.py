"""Throw bytes at the reading of incoming mail, guided by what they reach (atheris; ``make fuzz``).

    python fuzzing/inbound.py classify CORPUS [libFuzzer's options]
    python fuzzing/inbound.py scan CORPUS [libFuzzer's options]

CORPUS is a directory that keeps what was found; it is begun with mails of our own. Whatever raises, takes
longer than ``-timeout`` seconds or more than ``-rss_limit_mb``, is written to a file named ``crash-`` or
``timeout-`` in the directory where this runs.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["newsletter.core.inbound", "email", "flufl"]):
    from newsletter.core.inbound import caps, fingerprints
    from newsletter.core.inbound.classifying import Addresses, classify

from newsletter.core.inbound.kinds import What
from newsletter.core.inbound.traces import Choice
from subscribers.core import tokens
from subscribers.core.tokens import Keyring, Purpose

ROOT = Path(__file__).resolve().parent.parent
RING = Keyring((b"the fuzzers' key, of 32 bytes or more",))
OURS = Addresses(bounces="studs@example.org", articles="artiklar@example.org")
SENDERS = (None, "", "a@example.org")
CHOICE = tokens.make(RING, Purpose.LETTERS, 7, 1, 42)
MESSAGE = tokens.make(RING, Purpose.MESSAGE, 42)
WORDS = (
    "content-type:", "content-transfer-encoding:", "multipart/mixed", "multipart/report", "message/rfc822",
    "message/delivery-status", "message/feedback-report", "text/rfc822-headers", "text/html", "text/plain",
    "boundary=", "boundary*0=", "charset=", "charset*=utf-8''", "filename*1*=", "base64", "quoted-printable",
    "x-uuencode", "=?utf-8?q?", "=?utf-8?b?", "?=", "subject:", "from:", "to:", "references:",
    "in-reply-to:", "return-path: <>", "final-recipient: rfc822;", "action: failed", "status: 5.1.1",
    "diagnostic-code: smtp;", "feedback-type: abuse", "auto-submitted: auto-replied", "mailer-daemon@",
    "--b", "--b--", "utf-7", "utf-16", "punycode", "idna", "unicode_escape", "avregistrera mig", "> ",
    "<blockquote", "<style", "<!--", "&#x110000;", "x-failed-recipients:", "tillbaka 31/2", "@example.org",
)  # fmt: skip


class BrokenPromiseError(Exception):
    """What came out is not what the functions promise."""


def _hold(promise: bool, what: str) -> None:
    if not promise:
        raise BrokenPromiseError(what)


def within_promises(data: bytes) -> None:
    """Classify, and hold what comes out to what the functions promise."""
    sender = SENDERS[data[0] % len(SENDERS)] if data else None
    raw = data[1:]
    read = classify(raw, sender=sender, recipients=["", "@"], ours=OURS, ring=RING, today=date(2030, 6, 1))
    fingerprints.fingerprint(raw)
    _hold(isinstance(read.what, What), "a mail is something")
    _hold(len(read.mail.text) <= 100_000, "a text is bounded")
    _hold(len(read.mail.subject) <= 8_000, "a subject is bounded")
    failures = read.bounce.failures if read.bounce else ()
    _hold(all(len(each.diagnostic) <= 500 for each in failures), "a diagnostic is bounded")
    _hold(read.traces.choice in (None, Choice(7, 1, 42)), "no token is forged")
    _hold(read.traces.delivery_id in (None, 42), "no token is forged")


def within_caps(data: bytes) -> None:
    """Scan, and see that the copy is no larger, and has none of what is taken away."""
    scanned = caps.scan(data)
    _hold(len(scanned.raw) <= len(data) + 1, "a copy is no larger")
    _hold(b"\r" not in scanned.raw and b"\0" not in scanned.raw, "lines end with LF, and there are no NULs")
    _hold(scanned.raw.count(b"\n") <= caps.MOST_LINES + 1, "lines are counted")


TARGETS: dict[str, Callable[[bytes], None]] = {"classify": within_promises, "scan": within_caps}


def seeds() -> Iterator[bytes]:
    """Give mails of each kind, and of each broken form that a parser knows."""
    head = f"From: Å <a@example.org>\nTo: studs@example.org\nIn-Reply-To: <{MESSAGE}@example.org>\n"
    for line in (ROOT / "tests/newsletter/core/inbound/phrasings.tsv").read_text().splitlines()[::6]:
        _, _, subject, words = line.split("\t")
        yield f"{head}Subject: {subject}\n\n{words}\n> svar\n".encode()
    yield f"{head}Subject: {CHOICE}\n\n".encode()
    yield f"{head}Subject: =?utf-8?q?Autosvar=3A_hej?=\n\nJag är tillbaka 3 juni.\n".encode()
    report = (
        "Content-Type: multipart/report; boundary=b\n\n--b\n\nfel\n\n--b\nContent-Type: message/{}\n\n{}\n"
    )
    back = f"\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{MESSAGE}@example.org>\n--b--\n"
    status = "Reporting-MTA: dns; m\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n"
    yield (head + report.format("delivery-status", status) + back).encode()
    yield (head + report.format("global-delivery-status", status) + back).encode()
    yield (head + report.format("feedback-report", "Feedback-Type: abuse\n") + back).encode()
    yield (head + report.format("rfc822", "Subject: Hej\n\nHej\n")).encode()
    yield b"From: MAILER-DAEMON@m\nSubject: failure notice\n\n<a@b.example>:\n550 5.1.1 no such user\n"
    for how, body in (
        ("base64", "SGVq\n=\n"),
        ("quoted-printable", "Hej=3D=\n"),
        ("x-uuencode", "begin 6 a\n#2&5J\nend\n"),
    ):
        fields = f"Content-Type: text/html; charset=utf-7\nContent-Transfer-Encoding: {how}\n\n"
        yield (head + fields + body).encode()
    yield f"{head}Content-Type: a/b; name*0*=utf-8''%C3; name*1=b; charset*=\"\n\n".encode()
    yield head.encode() + b'Content-Type: multipart/mixed; boundary=""\n\n--\n\n--\n' * 3


def main() -> None:
    """Run one target; libFuzzer reads the rest of the command line."""
    target, corpus = sys.argv[1], Path(sys.argv[2])
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in seeds():
        for first in (b"\0", b"\1", b"\2"):
            data = first + seed
            (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    words = corpus.parent / "words.txt"
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in WORDS)
    words.write_text("".join(f'"{word}"\n' for word in quoted))
    options = [f"-dict={words}", "-max_len=16000", "-timeout=5", "-rss_limit_mb=1500"]
    atheris.Setup([sys.argv[0], str(corpus), *options, *sys.argv[3:]], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
