"""What one personal copy of a letter costs: filled from pieces, built the slow way, or merely joined.

    python benchmarks/fill.py

Prints medians of five rounds in one run, and their ratios. No limit is tested here: machines differ.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from statistics import median
from time import perf_counter

from newsletter.core import greetings, headers, messages
from newsletter.core.messages import MARKERS
from newsletter.rendering import mime

ROUNDS = 5
NOON = datetime(2030, 3, 1, 12, 0, tzinfo=UTC)
PARAGRAPH = "Äppelträden står i blom, och på lördag ses vi i trädgården klockan tio för att räkna bin. "
HTML_BYTES = 52_000


@dataclass(frozen=True)
class Parts:
    """A letter of some 60 KB on the wire."""

    subject: str = "Sommarbrev från föreningen"
    language: str = "sv"
    text: str = (
        f"{MARKERS[messages.GREETING]}\n\n{PARAGRAPH * 40}\n\nAvsluta: {MARKERS[messages.UNSUBSCRIBE_URL]}\n"
        f"Ändra: {MARKERS[messages.PREFERENCES_URL]}\n"
    )
    html: str = (
        f'<html lang="sv"><body><p>{MARKERS[messages.GREETING]}</p>'
        + f'<p style="margin:0 0 16px;font-size:17px;line-height:1.5">{PARAGRAPH}</p>\n' * (HTML_BYTES // 180)
        + f'<a href="{MARKERS[messages.UNSUBSCRIBE_URL]}">Avsluta</a> '
        f'<a href="{MARKERS[messages.PREFERENCES_URL]}">Ändra</a></body></html>\n'
    )


PARTS = Parts()


def values_for(number: int) -> dict[str, str]:
    """Return what stands in the slots for one person."""
    token = f"{number:048x}"
    return {
        messages.TO: headers.address(f"Åsa Öberg {number}", f"asa.{number}@example.org"),
        messages.REPLY_TO: "Skaraborg <skaraborg@example.org>",
        messages.DATE: headers.date(NOON),
        messages.MESSAGE_ID: headers.message_id(token, "example.org"),
        messages.LIST_UNSUBSCRIBE: headers.list_unsubscribe(f"https://brev.example.org/u/{token}"),
        messages.GREETING: greetings.greeting(["Åsa"]),
        messages.UNSUBSCRIBE_URL: f"https://brev.example.org/u/{token}",
        messages.PREFERENCES_URL: f"https://brev.example.org/p/{token}",
    }


def slow_way(number: int) -> bytes:
    """Build a copy with ``EmailMessage`` from the same values; the rendering is not counted."""
    values = values_for(number)
    text, html = PARTS.text, PARTS.html
    for name, marker in MARKERS.items():
        text, html = text.replace(marker, values[name]), html.replace(marker, escape(values[name]))
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Äppelvännerna", addr_spec="brev@example.org")
    message["To"] = Address(f"Åsa Öberg {number}", addr_spec=f"asa.{number}@example.org")
    message["Subject"] = PARTS.subject
    message["Date"] = NOON
    for name in (messages.MESSAGE_ID, messages.LIST_UNSUBSCRIBE, messages.REPLY_TO):
        message[name] = values[name]
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message.as_bytes()


def microseconds(work: Callable[[int], object], times: int) -> float:
    """Return the median time of one call, over the rounds."""

    def one_round() -> float:
        start = perf_counter()
        for number in range(times):
            work(number)
        return (perf_counter() - start) / times * 1e6

    return median(one_round() for _ in range(ROUNDS))


def main() -> None:
    """Measure and print."""
    frozen = mime.FrozenHeaders(
        sender_name="Äppelvännerna",
        sender_address="brev@example.org",
        list_id=headers.list_id("Nyhetsbrevet", "nyhetsbrev", "example.org"),
    )
    template = mime.compile(PARTS, frozen)
    ready = [values_for(number) for number in range(1000)]
    joined = [*template.pieces]
    fill = microseconds(lambda number: template.fill(ready[number]), 1000)
    everything = microseconds(lambda number: template.fill(values_for(number)), 1000)
    join = microseconds(lambda _: b"".join(joined), 1000)
    slow = microseconds(slow_way, 5)
    compiled = microseconds(lambda _: mime.compile(PARTS, frozen), 5)
    loaded = microseconds(lambda _: template.load(template.dump()), 20)

    print(f"a message of {len(template.fill(ready[0])):,} octets, {len(template.slots)} slots")
    print(f"{'plain join of the pieces':40} {join:10.1f} µs")
    print(f"{'fill':40} {fill:10.1f} µs   {fill / join:8.1f} x the join")
    print(f"{'fill, and making the values':40} {everything:10.1f} µs   {everything / join:8.1f} x the join")
    print(f"{'EmailMessage, quoted-printable':40} {slow:10.1f} µs   {slow / fill:8.1f} x the fill")
    print(f"{'compile, once a variant':40} {compiled:10.1f} µs")
    print(f"{'dump and load, once a variant':40} {loaded:10.1f} µs")


if __name__ == "__main__":
    main()
