"""Mail that is no bounce, however much it speaks of them: people's, their machines', and other machines'."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from tests.newsletter.core.inbound.unseen_reports import STANDARD, TO

_PEOPLE = (
    "Maj Ek <maj.ek@kund.example>",
    "sven@annan.example",
    "Postmästare Per <postmaster@kommun.example>",
)
_SUBJECTS = (
    "Re: Nytt om päron", "Undeliverable?", "Fick studs", "SV: Mail delivery failed", "Konstigt fel",
    "Vidarebefordrat: failure notice", "Returpost", "",
)  # fmt: skip
_SAID = (
    "Hej! Jag fick ett felmeddelande: 550 5.1.1 User unknown. Vad betyder det?",
    "Mitt brev till er kom i retur, det stod att adressen inte finns. Har ni bytt adress?",
    f"Jag skrev till {TO} men fick svar att brevlådan är full (quota exceeded).",
    "Tack för brevet!\n\n> Your message could not be delivered\n> 550 5.1.1 <x@y.example>: user unknown",
    "Vi har 550 medlemmar och 5.1.1 heter vår nya server. Delivery has been fine.",
    "Our postman could not deliver: the mailbox is full of snow. No such user, haha!",
    "Der er kommet en fejl: delivery to bestyrelsen@kund.example failed. Hvad gør jeg?",
    "-----Original Message-----\nFrom: MAILER-DAEMON@mx.example\nSubject: failure\n\n<a@b.example>: 550 no",
)

#: From, Subject, text, and a field; each came with the null sender.
_MACHINES = [row.split("\t") for row in (Path(__file__).parent / "machines.tsv").read_text().splitlines()]


def _plain(sender: str, subject: str, text: str, *fields: str) -> bytes:
    head = (f"From: {sender}", "To: studs@appel.example", f"Subject: {subject}", *fields)
    return ("\n".join(head) + "\nContent-Type: text/plain; charset=utf-8\n\n" + text + "\n").encode()


def _passed_on(report: bytes, sender: str) -> bytes:
    """Return a person's mail with a report attached: it is about another's letter."""
    head = f"From: {sender}\nTo: studs@appel.example\nSubject: Vad är detta?\n"
    head += 'Content-Type: multipart/mixed; boundary="p"\n\n--p\nContent-Type: text/plain\n\nSe bilagan.\n\n'
    return f"{head}--p\nContent-Type: message/rfc822\n\n".encode() + report + b"\n--p--\n"


def _read_receipt() -> bytes:
    return (
        "From: maj.ek@kund.example\nTo: studs@appel.example\nSubject: Läst: Nytt\n"
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="m"\n\n'
        "--m\nContent-Type: text/plain\n\nLäst.\n\n--m\nContent-Type: message/disposition-notification\n\n"
        f"Final-Recipient: rfc822;{TO}\nDisposition: manual-action/MDN-sent-manually; deleted\n\n--m--\n"
    ).encode()


def ordinary() -> Iterator[tuple[bytes, bool]]:
    """Give mails, and whether each came with the null sender: more than 200."""
    for sender, subject, said in product(_PEOPLE, _SUBJECTS, _SAID):
        yield _plain(sender, subject, said, "Message-ID: <p@kund.example>"), False
    for sender, subject, text, field in _MACHINES:
        yield _plain(sender, subject, text, field), True
    for report in STANDARD:
        yield _passed_on(report.raw(), _PEOPLE[0]), False
    yield _read_receipt(), False
    yield _read_receipt(), True
