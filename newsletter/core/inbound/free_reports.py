"""Reports in no standard form: whether a mail is one, and whom it names.

By the library first, and then by the lines of the text. Not one ordinary mail may be taken for a report, so
what a person can write too is no sign of a machine.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from copy import copy
from email.message import Message

from newsletter.core.inbound import machine_words
from newsletter.core.inbound.kinds import Kind
from newsletter.core.inbound.mail import Mail, addresses
from newsletter.core.inbound.own_words import own_words
from newsletter.core.inbound.reasons import Failure, kind_of, status_in
from newsletter.core.replies import LONGEST_TEXT

#: The library logs a traceback for what it cannot take of a stranger's mail.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)

#: Octets of a report that is shown to the library as it is; of a longer one, characters of its text.
_LONGEST_REPORT = 256 * 1024
_LONGEST_TEXT = 6_000

_REPLY_CODE = re.compile(r"(?<![\d.\w-])([45])\d\d(?=[ -]|\n|$)")
_DAEMON = re.compile(r"mailer-?daemon|mail-?daemon|\bmdaemon@", re.IGNORECASE)
_FROM_A_SERVER = re.compile(f"{_DAEMON.pattern}|postmaster|mailadm|majordomo-owner", re.IGNORECASE)
#: An answer, or what somebody passes on.
_ANSWERS = re.compile(r"\s*(?:re|sv|svar|vs|aw|fwd?|vb|vl|videresendt|vidarebefordra\w*)\s*:", re.IGNORECASE)
#: A line that only machines write: an address alone, a reply code at its beginning, a command of SMTP.
_BY_A_MACHINE = re.compile(
    r"^[ \t]*(?:\[SMTP:)?<?[^\s<>@,;:\"()]{1,64}@[\w.-]{1,255}>?[\]:]*[ \t]*$|^\W{0,4}[45]\d\d[ -]|\bRCPT TO:"
    r"|@[\w.-]{1,255}>?\]?(?::| --) ",
    re.IGNORECASE | re.MULTILINE,
)
_REPORTS = re.compile("|".join(machine_words.REPORTS), re.IGNORECASE)
_SAYS_FAILED = re.compile("|".join(machine_words.FAILED), re.IGNORECASE)


def is_from_a_server(mail: Mail, *, null_sender: bool) -> bool:
    """Tell whether a mail is a mail server's own, by its envelope, its From or its fields."""
    return bool(null_sender or _FROM_A_SERVER.search(mail.sender) or mail.value("X-Failed-Recipients"))


def tells_of_failure(mail: Mail, *, null_sender: bool) -> bool:
    """Tell whether a server's mail without a report of the known forms is about a failure.

    A postmaster is a person, too: what they write from an address of their own must look like a machine's.
    """
    if mail.value("List-Id") or mail.value("List-Unsubscribe") or _ANSWERS.match(mail.subject):
        return False
    reports = bool(_REPORTS.search(mail.subject))
    if not null_sender and not _DAEMON.search(mail.sender) and not mail.value("X-Failed-Recipients"):
        return reports and bool(_BY_A_MACHINE.search(own_words(_said(mail))))
    automatic = mail.value("Auto-Submitted").lower().startswith("auto-replied")
    return bool(reports or (not automatic and _SAYS_FAILED.search(_said(mail))))


def says_so(mail: Mail) -> bool:
    """Tell whether both subject and text say that something was not delivered."""
    return bool(_REPORTS.search(mail.subject) and _SAYS_FAILED.search(_said(mail)))


def guessed(mail: Mail) -> Iterator[Failure]:
    """Give what a report in no standard form says: by the library first, then by the lines of its text."""
    temporary, permanent = _by_library(mail)
    text = _said(mail)
    named = permanent or temporary or set(_named(mail, text))
    for address in sorted(named):
        near = _near(text, address)
        status = status_in(near) or status_in(text)
        code = _REPLY_CODE.search(near) or _REPLY_CODE.search(text)
        first = status[0] if status else int(code[1]) if code else 0
        kind = kind_of(status, near)
        known = kind is Kind.ADDRESS and address in permanent
        yield Failure(
            recipient=address,
            kind=Kind.TEMPORARY if address in temporary - permanent else kind,
            permanent=address not in temporary - permanent and (first == 5 or (first == 0 and known)),
            status=status,
            diagnostic=near[:LONGEST_TEXT],
        )


def _by_library(mail: Mail) -> tuple[set[str], set[str]]:
    from flufl.bounce import all_failures  # only few mails need it

    try:
        temporary, permanent = all_failures(_as_it_takes(mail))
    except Exception:
        return set(), set()
    return _lower(temporary), _lower(permanent)


def _as_it_takes(mail: Mail) -> Message:
    """Return a mail that the library can read to its end, in little time.

    It stops at the first of its detectors that fails, and some fail where From is missing or is not ASCII;
    each of the 17 goes through the whole text, though who failed is told at its beginning.
    """
    long = sum(len(part.content) for part in mail.parts) > _LONGEST_REPORT
    message = Message() if long else copy(mail.message)
    del message["From"]
    message["From"] = mail.sender if mail.sender.isascii() and mail.sender else "unknown@invalid"
    if long:
        message["Subject"] = mail.subject.encode("ascii", "replace").decode()
        message.set_payload(mail.text[:_LONGEST_TEXT])
    return message


def _lower(found: Iterable[bytes]) -> set[str]:
    return set(addresses([each.decode("utf-8", "replace") for each in found]))


def _named(mail: Mail, text: str) -> Iterator[str]:
    """Give the addresses that the text names before what came back, but for servers' own and ours."""
    yield from (said := addresses(mail.values("X-Failed-Recipients")))
    if said:
        return
    ours = set(mail.recipients()) | {mail.sender}
    for line in text[:4_000].splitlines():
        if _COMES_BACK.match(line):
            return  # from here on it is what came back
        for address in addresses([line]):
            if address not in ours and not _FROM_A_SERVER.search(address):
                yield address


_COMES_BACK = re.compile(
    r"\s*(?:[-_=]{3,}(?!.*(?:transcript|session|address|error|recipient))|received:|return-path:|message-id:)",
    re.IGNORECASE,
)


def _near(text: str, address: str) -> str:
    at = text.lower().find(address)
    return " ".join(text[max(0, at - 100) : at + 300].split()) if at >= 0 else " ".join(text[:300].split())


def _said(mail: Mail) -> str:
    return mail.text[:6_000]
