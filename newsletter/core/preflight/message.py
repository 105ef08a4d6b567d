"""The whole mail as it goes over the wire: lines, parts, headers (F1, P10, U1, U8, U9, U12)."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from functools import lru_cache

from newsletter.core.headers import LONGEST_LINE, LONGEST_LIST_ID
from newsletter.core.preflight import documents
from newsletter.core.preflight.findings import Finding, Place, Severity, mark
from newsletter.core.preflight.links import is_loopback
from newsletter.core.preflight.matter import Version

_BAD_LINE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")
#: RFC 5322 3.6, and those of RFC 2369 (3), RFC 2919 (3) and RFC 8058 (3.1): at most one of each.
_SINGLE = (
    "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Message-ID", "In-Reply-To", "References", "Subject",
    "Date", "MIME-Version", "Content-Type", "List-Id", "List-Post", "List-Help", "List-Owner",
    "List-Archive", "List-Subscribe", "List-Unsubscribe", "List-Unsubscribe-Post",
)  # fmt: skip
_LIST_FIELDS = ("List-Help", "List-Owner", "List-Archive", "List-Subscribe", "List-Unsubscribe")
_FAKE = re.compile(r"\s*(?:re|fwd?|sv|vb|aw|wg|antw|vs)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_NO_NAME = re.compile(r"@|https?:|www\.|[<>\u2713-\u2718\u2705]|^\s*(?:re|fwd?|sv|vb)\s*:", re.IGNORECASE)
_URIS = re.compile(r"<[!-;=?-~]+:[!-;=?-~]+>(?:\s*,\s*<[!-;=?-~]+:[!-;=?-~]+>)*")
_LIST_ID = re.compile(r"[^<>]*<([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)+)>")
_MESSAGE_ID = re.compile(r"<[^<>@\s]+@([^<>@\s]+)>")
_SAYS_STOP = re.compile(r"avsluta|avprenumerera|avanmäl|avregistrera|unsubscribe", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail, read. ``fields`` are its header fields as written: name and value, folds kept."""

    message: Message
    fields: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        """Return the values of a field, unfolded."""
        return [" ".join(value.split()) for given, value in self.fields if given.lower() == name.lower()]

    def one(self, name: str) -> str:
        """Return a field's first value, unfolded; empty when it is missing."""
        return next(iter(self.all(name)), "")

    def decoded(self, name: str) -> str:
        """Return a field's value as people read it."""
        return readable(self.one(name))

    def addresses(self, name: str) -> list[tuple[str, str]]:
        """Return the names, as people read them, and the addresses in a field."""
        found = getaddresses(self.all(name))
        return [(readable(display), address) for display, address in found if address]


def readable(value: str) -> str:
    """Return a header's value without encoded-words; as it stands where they cannot be read."""
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, UnicodeError):
        return value


@lru_cache(maxsize=16)
def read(message: bytes) -> Mail:
    """Read a mail as far as the checks need it; nobody changes what comes back."""
    head = re.split(rb"\r?\n\r?\n", message, maxsplit=1)[0].decode("utf-8", "replace")
    lines = re.split(r"\r?\n(?![ \t])", head)
    fields = (line.partition(":") for line in lines if ":" in line)
    return Mail(message_from_bytes(message), tuple((name.strip(), value) for name, _, value in fields))


def calendars(mail: Mail) -> Iterator[str]:
    """Give what the calendar files of a mail say, a line for each value (RFC 5545 3.1, 3.3.11)."""
    for part in mail.message.walk():
        payload = part.get_payload(decode=True)
        if part.get_content_type() == "text/calendar" and isinstance(payload, bytes):
            unfolded = re.sub(r"\r?\n[ \t]", "", payload.decode("utf-8", "replace"))
            values = "\n".join(line.partition(":")[2] for line in unfolded.splitlines())
            yield re.sub(r"\\(.)", lambda found: " " if found[1] in "nN" else found[1], values)


def check(version: Version) -> Iterator[Finding]:
    """Give what is wrong with a variant's mail beside what it says."""
    mail = read(version.message)
    for found in (
        *_lines(version.message),
        *_parts(mail),
        *_origin(mail),
        *_once(mail),
        *_sender(mail),
        *_subject(mail),
        *_list_fields(mail),
        *_list_id(mail),
        *_unsubscribe(version, mail),
    ):
        yield found.in_variant(version.name)


def _fault(rule: str, sentence: str, **facts: str | int) -> Finding:
    return Finding(rule, Severity.WARNING, sentence, facts, Place.TEMPLATE)


def _lines(message: bytes) -> Iterator[Finding]:
    if _BAD_LINE_END.search(message):
        yield _fault(
            "F1",
            mark(
                "Brevet har rader som inte slutar med CRLF, och då kan servrar stoppa det. Felet ligger i "
                "programmet: säg till den som sköter det."
            ),
        )
    longest = max(map(len, re.split(rb"\r?\n", message)))
    if longest > LONGEST_LINE:
        yield _fault(
            "F1",
            mark(
                "Brevet har en rad på {count} tecken, och högst {most} får plats. Felet ligger i programmet: "
                "säg till den som sköter det."
            ),
            count=longest,
            most=LONGEST_LINE,
        )


def _parts(mail: Mail) -> Iterator[Finding]:
    if not _is_in_order(mail.message):
        yield _fault(
            "F1",
            mark(
                "Brevet ska ha en textdel och sist en HTML-del. Felet ligger i programmet: säg till den som "
                "sköter det."
            ),
        )
    for part in mail.message.walk():
        if part.get_content_maintype() == "text" and not part.get_content_charset():
            yield _fault(
                "F1",
                mark(
                    "En del av brevet ({kind}) säger inte vilka tecken den är skriven med. Felet ligger i "
                    "programmet: säg till den som sköter det."
                ),
                kind=part.get_content_type(),
            )


def _is_in_order(message: Message) -> bool:
    """Tell whether a mail is text and HTML, with pictures around the HTML and files after it, or without."""
    if message.get_content_type() == "multipart/mixed":
        message, *files = _inner(message) or [message]
        if not files or any(file.get_content_disposition() != "attachment" for file in files):
            return False
    parts = _inner(message)
    if message.get_content_type() != "multipart/alternative" or len(parts) != 2:
        return False
    text, html = parts
    if html.get_content_type() == "multipart/related":
        html, *pictures = _inner(html) or [html]
        if not pictures or not all(_is_shown_picture(picture) for picture in pictures):
            return False
    return [text.get_content_type(), html.get_content_type()] == ["text/plain", "text/html"]


def _inner(message: Message) -> list[Message]:
    parts = message.get_payload()
    return [part for part in parts if isinstance(part, Message)] if isinstance(parts, list) else []


def _is_shown_picture(part: Message) -> bool:
    return part.get_content_maintype() == "image" and "Content-ID" in part


def _origin(mail: Mail) -> Iterator[Finding]:
    if not _is_date(mail.one("Date")):
        yield _fault(
            "F1",
            mark(
                "Brevet saknar en riktig dag i Date. Felet ligger i programmet: säg till den som sköter det."
            ),
        )
    found = _MESSAGE_ID.fullmatch(mail.one("Message-ID"))
    if found is None:
        yield _fault(
            "F1",
            mark(
                "Brevet saknar ett riktigt Message-ID. Felet ligger i programmet: säg till den som sköter "
                "det."
            ),
        )
        return
    own = [address.rpartition("@")[2].lower() for _, address in mail.addresses("From") if "@" in address]
    if own and not any(_related(found[1].lower(), domain) for domain in own):
        yield _fault(
            "F1",
            mark(
                "Brevets Message-ID hör till {domain} och inte till avsändarens domän. Felet ligger i "
                "programmet: säg till den som sköter det."
            ),
            domain=found[1],
        )


def _is_date(value: str) -> bool:
    try:
        return bool(value) and parsedate_to_datetime(value) is not None
    except ValueError:
        return False


def _related(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _once(mail: Mail) -> Iterator[Finding]:
    counts = Counter(name.lower() for name, _ in mail.fields)
    for name in _SINGLE:
        if (count := counts[name.lower()]) > 1:
            yield _fault(
                "U8" if name.startswith("List-") else "P10",
                mark(
                    "Fältet {name} står {count} gånger i brevhuvudet och får stå en gång. Felet ligger i "
                    "programmet: säg till den som sköter det."
                ),
                name=name,
                count=count,
            )


def _sender(mail: Mail) -> Iterator[Finding]:
    senders = mail.addresses("From")
    if not senders or not all("@" in address for _, address in senders):
        yield Finding(
            "P10",
            Severity.STOP,
            mark("Brevet saknar avsändare. Sätt avsändaradressen i inställningarna."),
            place=Place.SETTINGS,
        )
        return
    if len(senders) > 1:
        yield _fault(
            "P10",
            mark("Brevet har {count} avsändare och ska ha en. Sätt en avsändaradress i inställningarna."),
            count=len(senders),
        )
    for name, _ in senders:
        if _NO_NAME.search(name):
            yield Finding(
                "P10",
                Severity.WARNING,
                mark(
                    "Avsändarens namn är ”{name}”. Skriv bara namnet, utan adresser och tecken som lovar "
                    "något."
                ),
                {"name": name},
                Place.SETTINGS,
            )


def _subject(mail: Mail) -> Iterator[Finding]:
    subject = mail.decoded("Subject")
    if found := _FAKE.match(subject):
        yield Finding(
            "P10",
            Severity.WARNING,
            mark("Ämnesraden börjar med ”{start}” som om den vore ett svar. Ta bort det."),
            {"start": found[0].strip()},
            Place.SUBJECT,
        )


def _list_fields(mail: Mail) -> Iterator[Finding]:
    if mail.all("List-Id") and mail.one("List-Post") != "NO":
        yield _fault(
            "U8",
            mark(
                "Brevet ska ha List-Post: NO, för ingen kan skriva till listan. Felet ligger i programmet: "
                "säg till den som sköter det."
            ),
        )
    for name in _LIST_FIELDS:
        value = mail.one(name)
        if value and not _URIS.fullmatch(value):
            yield _fault(
                "U8",
                mark(
                    "Fältet {name} ska ha sina adresser inom < och >. Felet ligger i programmet: säg till "
                    "den som sköter det."
                ),
                name=name,
            )


def _list_id(mail: Mail) -> Iterator[Finding]:
    value = mail.one("List-Id")
    found = _LIST_ID.fullmatch(value)
    if found is None:
        yield _fault(
            "U9",
            mark(
                "Brevet saknar ett riktigt List-Id, så läsare kan inte sortera det. Se över listans namn i "
                "inställningarna."
            ),
        )
    elif len(found[1]) > LONGEST_LIST_ID:
        yield _fault(
            "U9",
            mark(
                "Brevets List-Id har {count} tecken, och högst {most} får plats. Korta listans namn i "
                "adresser."
            ),
            count=len(found[1]),
            most=LONGEST_LIST_ID,
        )


def _unsubscribe(version: Version, mail: Mail) -> Iterator[Finding]:
    if not version.can_unsubscribe:
        if mail.all("List-Unsubscribe") or mail.all("List-Unsubscribe-Post"):
            yield _fault(
                "U1",
                mark(
                    "Brevet är ett medlemsmeddelande, som inte går att avsluta, men har ett fält för det. "
                    "Felet ligger i programmet: säg till den som sköter det."
                ),
            )
        return
    if not mail.all("List-Unsubscribe") or not _has_way_out(version):
        yield Finding(
            "U1",
            Severity.STOP,
            mark("Brevet saknar ett sätt att avsluta prenumerationen. Lägg in länken för det i mallen."),
            place=Place.TEMPLATE,
        )
        return
    yield from _one_click(mail)
    yield from _one_line(mail)


def _has_way_out(version: Version) -> bool:
    """Tell whether both parts lead somewhere where a subscription ends."""
    links = documents.elements(documents.document(version.html), "a")
    in_html = any(
        _SAYS_STOP.search(f"{documents.words(link)} {link.get('href') or ''}") and documents.is_shown(link)
        for link in links
    )
    return in_html and _SAYS_STOP.search(version.text) is not None


def _one_click(mail: Mail) -> Iterator[Finding]:
    """Look at what a mail program's own button for it uses (RFC 8058 3.1)."""
    uris = re.findall(r"<([^<>]*)>", mail.one("List-Unsubscribe"))
    web = [uri for uri in uris if not uri.lower().startswith("mailto:")]
    if len(web) != 1 or not re.match(r"https?://", web[0], re.IGNORECASE):
        yield _fault(
            "U1",
            mark(
                "List-Unsubscribe ska ha precis en adress som börjar med https://, och har {count}. Felet "
                "ligger i programmet: säg till den som sköter det."
            ),
            count=len(web),
        )
    elif web[0].lower().startswith("http:") and is_loopback(web[0]):
        # No letter leaves this machine like that (``settings.check_sending``): nothing to answer for.
        yield Finding(
            "U1",
            Severity.ADVICE,
            mark(
                "Övningsläge: länken för att avsluta leder till den här datorn och fungerar inte för andra. "
                "Sätt tjänstens adress innan brev går ut på riktigt."
            ),
            place=Place.TEMPLATE,
        )
    elif web[0].lower().startswith("http:"):
        yield _fault(
            "U1",
            mark(
                "Länken för att avsluta är inte krypterad, så brevprogrammens knapp för det saknas. Sätt "
                "tjänstens adress till en som börjar med https://."
            ),
        )
    if mail.one("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click":
        yield _fault(
            "U1",
            mark(
                "Fältet List-Unsubscribe-Post saknas eller är fel skrivet, så brevprogrammens knapp för att "
                "avsluta saknas. Felet ligger i programmet: säg till den som sköter det."
            ),
        )


def _one_line(mail: Mail) -> Iterator[Finding]:
    raw = next(value for name, value in mail.fields if name.lower() == "list-unsubscribe")
    if "\n" in raw.strip() or len(f"List-Unsubscribe:{raw}") > LONGEST_LINE:
        yield _fault(
            "U12",
            mark(
                "List-Unsubscribe är bruten över flera rader eller för lång, och kan gå sönder på vägen. "
                "Felet ligger i programmet: säg till den som sköter det."
            ),
        )
