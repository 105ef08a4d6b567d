"""Feedback reports (rule A1)."""

import pytest

from newsletter.core.inbound import complaints
from newsletter.core.inbound.mail import read

REPORT = """From: fbl@example.net
Subject: complaint
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

This is a report.

--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Example/1.0
Version: 1
Original-Rcpt-To: [redacted]

--b
Content-Type: message/rfc822

Message-ID: <abc@example.org>
List-Unsubscribe: <https://brev.example.org/u/token>
Subject: Nyhetsbrev

Hej!
--b--
"""


@pytest.mark.parametrize(("kind", "against"), [("abuse", True), ("fraud", True), ("not-spam", False)])
def test_a_report_says_what_was_pressed_and_gives_the_letter_back(kind: str, against: bool) -> None:
    told = complaints.read(read(REPORT.format(kind=kind).encode()))

    assert told is not None
    assert (told.type, told.is_against_us) == (kind, against)
    assert "Message-ID: <abc@example.org>" in told.returned


def test_other_mail_is_no_complaint() -> None:
    assert complaints.read(read(b"From: a@example.org\nSubject: abuse\n\nFeedback-Type: abuse")) is None
