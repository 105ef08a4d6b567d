"""A note, rendered: short mails to one person, from one template into HTML and text.

    values -> Jinja (the macros speak MJML) -> MJML -> HTML -> premailer -> html
              Jinja (the macros speak text)  -> text

The words stand once, in ``templates/email/<kind>/body.mjml``, so the two parts cannot differ (rule X17).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup, escape

from newsletter import language
from newsletter.core import colours
from newsletter.language import using
from newsletter.rendering import cleaning, text
from newsletter.rendering.inline import inline
from newsletter.rendering.merge import environment, fill, templates_folder, trusted_faces
from newsletter.rendering.mjml import to_html
from newsletter.rendering.values import Frame

#: Word gives a link no air (X15): for Outlook a cell draws the plate.
_BUTTON = Markup(
    '<div class="press"><!--[if mso]><table role="presentation" cellpadding="0" cellspacing="0"><tr>'
    '<td style="border:1px solid;padding:13px 24px"><![endif]--><a class="pressed" href="{}">{}</a>'
    "<!--[if mso]></td></tr></table><![endif]--></div>"
)


@dataclass(frozen=True, slots=True)
class RenderedNote:
    """A note's three parts; ``text`` has lines that end with LF."""

    subject: str
    html: str
    text: str


def render(
    kind: str, values: Mapping[str, Any], *, frame: Frame, speaks: str, zone: str, folder: Path | None = None
) -> RenderedNote:
    """Render the note whose templates lie in ``folder/kind``, in a language (``sv``, ``en``).

    ``zone`` is what the filter ``moment`` shows times in. Raises ``TemplateError``.
    """
    folder = folder or templates_folder()
    with using(speaks):
        known = {**_known(frame, zone), **values}
        subject = cleaning.one_line(fill(folder, f"{kind}/subject.txt", known))
        page = {
            **known,
            **_PAGE,
            "issue": SimpleNamespace(language=speaks, subject=subject),
            "preheader": subject,
        }
        mjml = fill(folder, f"{kind}/body.mjml", page)
        words = _words(folder, kind, {**known, **_PLAIN}, frame)
    return RenderedNote(subject, inline(to_html(mjml, folder=folder)), words)


def _known(frame: Frame, zone: str) -> dict[str, Any]:
    return {
        "association": frame.association,
        "contact": frame.contact,
        "base_url": frame.base_url,
        "frame": frame,
        "day": colours.day(frame.accent),
        "night": colours.night(frame.accent),
        "faces": trusted_faces(frame),
        "zone": zone,
    }


def _words(folder: Path, kind: str, values: Mapping[str, Any], frame: Frame) -> str:
    template = environment(folder).get_template(f"{kind}/body.mjml")
    spoken = "".join(template.blocks["note"](template.new_context(dict(values))))
    blocks = [block.strip("\n ") for block in spoken.split(_BREAK) if block.strip()]
    foot = language._("Brevet är skrivet av {whose} brevprogram. Frågor? Skriv till")
    blocks.append(
        "-- \n" + _wrapped(f"{foot.format(whose=language.whose(frame.association))} {frame.contact}.")
    )
    return "\n\n".join(blocks) + "\n"


# --- The macros, for the page -------------------------------------------------------------------------------


def _block(inner: Markup, padding: str = "0 24px") -> Markup:
    return Markup('<mj-text padding="{}">{}</mj-text>').format(padding, inner)


def _lines(words: str) -> Markup:
    return Markup("<br/>").join(escape(words).split("\n"))


def _p(words: str) -> Markup:
    return _block(Markup("<p>{}</p>").format(_lines(words)))


def _heading(words: str) -> Markup:
    return _block(Markup('<h2 class="title brief">{}</h2>').format(words), "16px 24px 0")


def _button(words: str, url: str) -> Markup:
    return _block(_BUTTON.format(url, words))


def _quote(words: str) -> Markup:
    inner = Markup("").join(Markup("<p>{}</p>").format(_lines(p)) for p in escape(words).split("\n\n"))
    return _block(Markup('<div class="body"><blockquote>{}</blockquote></div>').format(inner))


def _facts(rows: Sequence[tuple[str, str]]) -> Markup:
    lines = Markup("").join(
        Markup('<p class="fact"><span class="muted">{}:</span> {}</p>').format(*r) for r in rows
    )
    return _block(lines, "0 24px 12px")


def _small(words: str) -> Markup:
    return _block(Markup('<p class="muted small">{}</p>').format(_lines(words)))


_PAGE = {"p": _p, "heading": _heading, "button": _button, "quote": _quote, "facts": _facts, "small": _small}


# --- The same, for text -------------------------------------------------------------------------------------

#: Ends each block; no word holds it, since a note's values come from forms that take it out.
_BREAK = "\x1e"


def _plain(words: str) -> str:
    """Return words as they are: Jinja's translations are Markup, in which values have been escaped."""
    return unescape(words) if isinstance(words, Markup) else words


def _wrapped(words: str, indent: str = "") -> str:
    return "\n".join(line for part in words.split("\n") for line in text.wrap(part, first=indent) or [indent])


def _block_of(words: str) -> Markup:
    return Markup(words + _BREAK)  # noqa: S704 - this part is plain text, and must not be escaped


def _said(words: str) -> Markup:
    return _block_of(_wrapped(_plain(words)))


def _quoted(words: str) -> Markup:
    return _block_of(_wrapped(_plain(words), "> "))


def _plain_heading(words: str) -> Markup:
    return _block_of("\n".join(text.underlined(_plain(words), "-")))


def _plain_button(words: str, url: str) -> Markup:
    return _block_of(f"{_plain(words)}:\n{_plain(url)}")


def _plain_facts(rows: Sequence[tuple[str, str]]) -> Markup:
    return _block_of("\n".join(f"{_plain(name)}: {_plain(value)}" for name, value in rows))


_PLAIN = {
    "p": _said,
    "heading": _plain_heading,
    "button": _plain_button,
    "quote": _quoted,
    "facts": _plain_facts,
    "small": _said,
}
