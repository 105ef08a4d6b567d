"""Variants to check: a small mail that is as it should be, and a rich issue as our templates set it."""

from collections.abc import Mapping
from dataclasses import replace

from newsletter.core import headers, messages, quoted_printable
from newsletter.core.articles import ArticleText, Attachment, Link
from newsletter.core.preflight.findings import Finding
from newsletter.core.preflight.matter import Matter, Part, Version
from newsletter.rendering import issues, mime
from newsletter.rendering.values import IssueView, SectionView
from tests.newsletter.rendering import samples

STOP = "https://brev.fyrvannerna.example/avsluta/abc234"
HEAD = (
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark">'
    '<meta name="supported-color-schemes" content="light dark">'
)
LINK = 'style="color: #1f5a73; text-decoration: underline"'
FIELDS = {
    "From": "Fyrvannerna <brev@fyrvannerna.example>",
    "To": "Asa <asa@lasare.example>",
    "Subject": "Linsen",
    "Date": "Fri, 01 Mar 2030 12:00:00 +0000",
    "Message-ID": "<abc234@fyrvannerna.example>",
    "List-Id": "Nyhetsbrevet <nyhetsbrev.fyrvannerna.example>",
    "List-Post": "NO",
    "List-Unsubscribe": f"<{STOP}>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}


def page(body: str = "", *, head: str = HEAD, title: str = "Linsen") -> str:
    """Return a small page that is as it should be, but for what is put into it."""
    return (
        f'<!DOCTYPE html><html lang="sv"><head><title>{title}</title>{head}</head>'
        f'<body><div lang="sv" dir="ltr"><h1>Ljuset</h1>{body}'
        f'<p class="foot"><a href="{STOP}" {LINK}>Avsluta prenumerationen</a></p></div></body></html>'
    )


def article(number: int, content: str) -> str:
    """Return a part of a page that stands for an article."""
    return f'<div class="article"><h2 id="artikel-{number}">Rubrik {number}</h2>{content}</div>'


def text(body: str = "") -> str:
    """Return the text part that goes with ``page``."""
    return f"Ljuset\n\n{body}\n\nAvsluta prenumerationen:\n{STOP}\n"


def wire(html: str, words: str, fields: Mapping[str, str] | None = None, more: str = "") -> bytes:
    """Return a mail of two parts. ``more`` are header lines that come besides, with their line ends."""
    given = FIELDS if fields is None else fields
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    parts = "".join(
        f"--x=_\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        f"{_encoded(content)}\r\n"
        for kind, content in (("plain", words), ("html", html))
    )
    mime_head = 'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="x=_"\r\n\r\n'
    return f"{head}{more}{mime_head}{parts}--x=_--\r\n".encode()


def _encoded(content: str) -> str:
    return quoted_printable.encode_segment(content, after_slot=False, before_slot=False)


def version(
    body: str = "",
    words: str = "",
    *,
    html: str | None = None,
    fields: Mapping[str, str] | None = None,
    more: str = "",
    article_ids: tuple[int, ...] = (),
) -> Version:
    """Return a variant of such a page."""
    html = page(body) if html is None else html
    return Version(
        name="Skåne",
        language="sv",
        html=html,
        text=text(words),
        message=wire(html, text(words), fields, more),
        article_ids=article_ids,
    )


def without(*names: str) -> dict[str, str]:
    """Return the header fields but for some."""
    return {name: value for name, value in FIELDS.items() if name not in names}


def rules(findings: "list[Finding]") -> list[str]:
    """Return the rules that findings are about, in order."""
    return [found.rule for found in findings]


ARABIC = ArticleText(
    title="رسالة من البحر",
    lead="وصلت العدسة إلى البيت.",
    body="## المنارة\n\nاكتب إلى [المتحف](https://museum.example/ar).\n\n- ضوء\n- بحر",
    language="ar",
)
WITH_FILE = ArticleText(
    title="Stadgarna i sin helhet",
    body="Läs dem före mötet. Frågor? Skriv till linsen@fyrvannerna.example.",
    links=(Link("https://fyrvannerna.example/stadgar", "läs mer"),),
    attachments=(Attachment("Stadgar 2027", "stadgar 2027.pdf", 120_000),),
)
#: Lists, a table, a quote, pictures, links, blocks of regions, a teaser, English and Arabic.
RICH = replace(
    samples.VIEW,
    sections=(
        *samples.VIEW.sections,
        SectionView("Mer", (samples.item(ARABIC, 7), samples.item(WITH_FILE, 8))),
    ),
)


def parts_of(view: IssueView) -> tuple[Part, ...]:
    """Return the articles of a view as the checks know them."""
    return tuple(
        Part(article_id=item.article_id, text=item.article, teaser=item.teaser) for item in view.items
    )


def matter_of(view: IssueView) -> Matter:
    """Return the issue that a view is of."""
    return Matter(subject=view.subject, preheader=view.preheader, parts=parts_of(view))


def _filled(view: IssueView, base: str) -> tuple[str, str, bytes]:
    rendered = issues.render(view)
    frozen = mime.FrozenHeaders(
        sender_name="Fyrvännerna i Norden",
        sender_address="brev@fyrvannerna.example",
        list_id=headers.list_id("Nyhetsbrevet", "nyhetsbrev", "fyrvannerna.example"),
        can_unsubscribe=view.can_unsubscribe,
        owner_url="mailto:hej@fyrvannerna.example",
    )
    values = {
        messages.TO: headers.address("Åsa Öberg", "asa@lasare.example"),
        messages.REPLY_TO: headers.address("Region Skåne", "skane@fyrvannerna.example"),
        messages.DATE: "Fri, 01 Mar 2030 12:00:00 +0000",
        messages.MESSAGE_ID: "<abc234@fyrvannerna.example>",
        messages.LIST_UNSUBSCRIBE: headers.list_unsubscribe(f"{base}/avsluta/abc234"),
        messages.GREETING: "Hej Åsa!",
        messages.UNSUBSCRIBE_URL: f"{base}/avsluta/abc234",
        messages.WEB_URL: f"{base}/las/abc234",
        messages.PREFERENCES_URL: f"{base}/mina-val/abc234?a=1&b=2",
    }
    html, plain = rendered.html, rendered.text
    for name, marker in messages.MARKERS.items():
        html = html.replace(marker, values[name].replace("&", "&amp;"))
        plain = plain.replace(marker, values[name])
    return html, plain, mime.compile(rendered, frozen).fill(values)


def rendered(view: IssueView, base: str = "https://brev.fyrvannerna.example") -> Version:
    """Return a variant as our own templates set it, filled for an invented reader."""
    html, plain, message = _filled(replace(view, frame=replace(view.frame, base_url=base)), base)
    return Version(
        name="Skåne",
        language=view.language,
        html=html,
        text=plain,
        message=message,
        article_ids=tuple(item.article_id for item in view.items),
        can_unsubscribe=view.can_unsubscribe,
    )
