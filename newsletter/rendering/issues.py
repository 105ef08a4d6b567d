"""One variant of an issue, rendered once: the pipe from values to HTML and text.

IssueView -> cleaned -> articles made ready -> Jinja -> MJML -> HTML -> premailer -> Rendered
the same articles and values ----------------> Jinja -> plain text ----------------> Rendered
"""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from babel.dates import format_skeleton
from babel.lists import format_list

from newsletter.core import colours
from newsletter.language import using
from newsletter.rendering import articles, calendars, cleaning, links
from newsletter.rendering.inline import inline
from newsletter.rendering.merge import Merged, merge, templates_folder, trusted_faces
from newsletter.rendering.mjml import to_html
from newsletter.rendering.slots import SecretMarkers, secret_markers
from newsletter.rendering.typeset import Block, SetSection
from newsletter.rendering.values import IssueView, ItemView, Rendered, SectionView

#: Mail clients show about this much of a preheader.
PREHEADER_LENGTH = 140


def render(view: IssueView, *, folder: Path | None = None) -> Rendered:
    """Render one variant: the same view gives the same bytes.

    ``folder`` holds the templates (``templates/email`` unless given). Raises ``TemplateError``, which
    names file, line and article.
    """
    folder = folder or templates_folder()
    view = cleaning.cleaned(view)
    markers = secret_markers(view)
    with using(view.language):
        merged = merge("issue", _values(view, markers), folder=folder)
    html = inline(to_html(merged.mjml, folder=folder))
    return _rendered(view, merged, html, markers)


def _rendered(view: IssueView, merged: Merged, html: str, markers: SecretMarkers) -> Rendered:
    return Rendered(
        subject=cleaning.one_line(merged.subject),
        preheader=_preheader(view),
        html=markers.reveal_html(html),
        text=markers.reveal_text(_tidied(merged.text)),
        language=view.language,
        slots=markers.used(html, merged.text),
        enclosed=calendars.enclosed(view),
    )


def _values(view: IssueView, markers: SecretMarkers) -> dict[str, object]:
    return {
        "issue": view,
        "frame": view.frame,
        "sections": [_section(section, view) for section in view.sections if section.items],
        # One article is a letter: a smaller letterhead, and its title is said once.
        "is_letter": len(view.items) == 1,
        "named_by_its_article": _is_named_by_its_article(view),
        "month": _month(view),
        "preheader": _preheader(view),
        "contact_url": links.allowed(f"mailto:{view.frame.contact}"),
        "website": links.display(view.frame.base_url),
        "day": colours.day(view.frame.accent),
        "night": colours.night(view.frame.accent),
        "faces": trusted_faces(view.frame),
        "slot": markers,
    }


def _section(section: SectionView, view: IssueView) -> SetSection:
    place = articles.Place(3 if section.name else 2, view.language, view.frame.base_url, view.on_web)
    blocks = tuple(
        _block(regions, tuple(items), place, view)
        for regions, items in groupby(section.items, lambda item: item.regions)
    )
    return SetSection(cleaning.one_line(section.name), blocks)


def _block(
    regions: Sequence[str], items: Sequence[ItemView], place: articles.Place, view: IssueView
) -> Block:
    sizes = view.frame.picture_sizes
    return Block(
        regions=format_list(list(regions), locale=view.language) if regions else "",
        one_region=len(regions) == 1,
        articles=tuple(articles.prepare(item, place, sizes) for item in items),
    )


def _is_named_by_its_article(view: IssueView) -> bool:
    titles = [cleaning.one_line(item.article.title) for item in view.items]
    return titles == [cleaning.one_line(view.title)]


def _month(view: IssueView) -> str:
    """Return "juni 2027", or the year alone where the day is not known."""
    return format_skeleton("yMMMM", view.dated, locale=view.language) if view.dated else str(view.year)


def _preheader(view: IssueView) -> str:
    """Return what mail clients show after the subject: the officer's words, else the first titles."""
    if view.preheader:
        return cleaning.one_line(view.preheader)
    titles = " · ".join(cleaning.one_line(item.article.title) for item in view.items)
    if len(titles) <= PREHEADER_LENGTH:
        return titles
    return titles[:PREHEADER_LENGTH].rpartition(" ")[0].rstrip(" ·,–") + " …"


def _tidied(text: str) -> str:
    """Trim line ends, and let no more than one empty line follow another text line but before a rule."""
    lines = [line.rstrip(" ") for line in text.split("\n")]
    kept = [line for line, before in zip(lines, ["x", *lines], strict=False) if line or before]
    return "\n".join(kept).strip("\n") + "\n"
