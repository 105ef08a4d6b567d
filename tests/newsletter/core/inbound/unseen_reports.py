"""Mail servers' reports in the manners of many, written from knowledge of the formats and not from samples.

The rows of ``unseen_reports.tsv``: who writes so, whether it is for good, From, Subject, other fields, how
the letter comes back, the text, and the block of RFC 3464 where there is one. ``TO`` is whom each must name.
"""

from dataclasses import dataclass
from pathlib import Path

TO = "maj.ek@kund.example"
RETURNED = (
    "Received: from brev.appel.example\nFrom: Nytt <nytt@appel.example>\n"
    f"To: {TO}\nSubject: Nytt om päron\nMessage-ID: <abc@appel.example>\nReply-To: lena@appel.example\n"
)


@dataclass(frozen=True, slots=True)
class Report:
    """A report as its sender writes it. ``lasting`` is whether it tells of a failure for good."""

    manner: str
    sender: str
    subject: str
    text: str
    lasting: bool = True
    block: str = ""
    fields: tuple[str, ...] = ()
    returned: str = "text/rfc822-headers"

    def raw(self) -> bytes:
        """Return the mail."""
        head = (f"From: {self.sender}", "To: studs@appel.example", f"Subject: {self.subject}", *self.fields)
        if not self.block:
            return ("\n".join(head) + "\nContent-Type: text/plain; charset=utf-8\n\n" + self.text).encode()
        parts = "".join(
            f"--b1_x\nContent-Type: {kind}\n\n{content}\n"
            for kind, content in (
                ("text/plain; charset=utf-8", self.text),
                ("message/delivery-status", self.block),
                (self.returned, RETURNED + "\n"),
            )
        )
        kind = (
            'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b1_x"'
        )
        return ("\n".join((*head, kind)) + f"\n\n{parts}--b1_x--\n").encode()


def _reports() -> tuple[Report, ...]:
    rows = (Path(__file__).parent / "unseen_reports.tsv").read_text().splitlines()
    written = (row.replace("{returned}", RETURNED).replace("{to}", TO).split("\t") for row in rows)
    return tuple(_report(*(cell.replace("\\n", "\n") for cell in row)) for row in written)


def _report(
    manner: str, lasting: str, sender: str, subject: str, fields: str, returned: str, text: str, block: str
) -> Report:
    other = tuple(fields.split("\n")) if fields else ()
    return Report(manner, sender, subject, text, lasting == "for good", block, other, returned)


REPORTS = _reports()
STANDARD = tuple(report for report in REPORTS if report.block)
