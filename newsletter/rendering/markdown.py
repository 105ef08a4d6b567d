"""An article's Markdown, read once: the same tokens become HTML here and plain text in ``text``.

    source -> tokens -> bare links found, links judged, headings put in order -> HTML -> nh3

Text is never lost: HTML in it comes out as text, a refused link keeps its words, an image its description.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from newsletter.errors import TemplateError
from newsletter.rendering import films, links

#: How deep quotations and lists may lie in each other. The parser drops what lies deeper, so we refuse it;
#: and what reads the HTML later has limits of its own (libxml2: 256 levels).
DEEPEST = 24

_QUOTES = {"sv": "””’’", "fi": "””’’", "en": "“”‘’", "de": "„“‚‘", "da": "”“’’", "nb": "«»‘’", "nn": "«»‘’"}
_TAGS = {
    "p", "br", "strong", "em", "s", "a", "ul", "ol", "li", "blockquote", "pre", "code", "hr",
    "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_NESTING = ("blockquote_", "bullet_list_", "ordered_list_")
_DASH = re.compile("[–—] ")
_LONGEST_SOURCE = 80
#: Marks a quotation that is lifted out of the text and set large.
LIFTED = "lifted"
#: Before a link to a film: a triangle, and not the picture that some would draw for it.
_PLAY = "\u25b6\ufe0e "
#: The country whose telephone numbers are written without it, in a text in Swedish.
_COUNTRY = "46"


@dataclass(frozen=True, slots=True)
class Source:
    """A piece of Markdown and what is needed to read it.

    ``language`` decides the quotation marks; ``numbers`` are (label, ``tel:`` link) pairs to be found in the
    text; ``level`` is the rank of its first heading (2 to 6). ``title`` names the article in errors.
    """

    text: str
    language: str = "sv"
    numbers: tuple[tuple[str, str], ...] = ()
    level: int = 3
    title: str = ""


def parse(source: Source) -> list[Token]:
    """Read Markdown into tokens that may stand in a mail. Raises ``TemplateError`` when nested too deep."""
    tokens = _parse_without_loss(source.text, source.language)
    _refuse_depth(tokens, source.title)
    _order_headings(tokens, source.level)
    for token in tokens:
        if (
            token.type == "fence" and token.info.strip()
        ):  # a mail has no use for a language's name but to show it
            token.content, token.info = f"{token.info.strip()}\n{token.content}", ""
        if token.type == "inline":
            token.children = _inline(token.children or [], source)
    _mark_dialogue(tokens)
    _mark_sources(tokens)
    _mark_films(tokens)
    return _lifted(tokens)


def to_html(tokens: list[Token]) -> str:
    """Write tokens as clean HTML: no attribute or element but those that an article needs."""
    writer = _parser(_QUOTES["sv"])
    html = writer.renderer.render(tokens, writer.options, {})
    return nh3.clean(
        html.strip(),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}, "th": {"style"}, "td": {"style"}},
        allowed_classes={"p": {"talk", "source", "film"}, "blockquote": {LIFTED}},
        filter_style_properties={"text-align"},
        url_schemes={"http", "https", "mailto", "tel"},
        url_relative="deny",
        link_rel=None,
    )


def hrefs(tokens: list[Token]) -> Iterator[str]:
    """Give every link in the tokens, in order."""
    for token in tokens:
        for child in token.children or []:
            if child.type == "link_open":
                yield str(child.attrs["href"])


@cache
def _parser(quotes: str, *, references: bool = True) -> MarkdownIt:
    options = {"html": False, "typographer": True, "quotes": quotes, "maxNesting": 2 * DEEPEST + 4}
    md = MarkdownIt("commonmark", options).enable(["table", "strikethrough", "smartquotes"])
    # Four spaces are a habit of people who indent, not code.
    md.disable(["code", "html_block", "html_inline"])
    if not references:
        md.disable("reference")
    links.parser_accepts_all(md)
    md.inline.ruler.before("escape", "bare_web_link", _bare_web_link)
    return md


def _parse_without_loss(text: str, language: str) -> list[Token]:
    """Read it; but where a "reference" is used by nothing it is a line of text, and must not vanish."""
    quotes = _QUOTES.get(language[:2], _QUOTES["sv"])
    env: dict[str, Any] = {}
    tokens = _parser(quotes).parse(text, env)
    defined = {reference["href"] for reference in env.get("references", {}).values()}
    if defined <= set(_targets(tokens)) and not env.get("duplicate_refs"):
        return tokens
    return _parser(quotes, references=False).parse(text)


def _targets(tokens: list[Token]) -> Iterator[str]:
    """Give every address that the parser used, also of pictures."""
    for token in tokens:
        for child in token.children or []:
            yield str(child.attrs.get("href") or child.attrs.get("src") or "")


def _refuse_depth(tokens: list[Token], title: str) -> None:
    depth = 0
    for token in tokens:
        if token.type.startswith(_NESTING):
            depth += token.nesting
        if depth > DEEPEST:
            raise TemplateError(
                "Artikeln ”{article}”, rad {line} i brödtexten: citat eller listor ligger i varandra i fler "
                "än {levels} nivåer. Ta bort några nivåer.",
                article=title,
                line=(token.map or [0])[0] + 1,
                levels=DEEPEST,
            )


def _order_headings(tokens: list[Token], first: int) -> None:
    """Give headings ranks from ``first`` on, without a gap, whatever their number of # (rule X4)."""
    open_ranks: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            rank = int(token.tag[1])
            while open_ranks and open_ranks[-1] >= rank:
                open_ranks.pop()
            open_ranks.append(rank)
        if token.type.startswith("heading_"):
            token.tag = f"h{min(first + len(open_ranks) - 1, 6)}"


def _mark_dialogue(tokens: list[Token]) -> None:
    """Keep the dash of spoken words with the first of them, and set answers close to each other."""
    last: Token | None = None
    for opening, inline in pairwise(tokens):
        if opening.type == "paragraph_open":
            speaks = _glue_dash(inline)
            if speaks and last is not None:
                last.attrSet("class", "talk")
            last = opening if speaks else None
        elif opening.type not in ("inline", "paragraph_close"):
            last = None


def _glue_dash(inline: Token) -> bool:
    first = inline.children[0] if inline.children else None
    if first is None or first.type != "text" or not _DASH.match(first.content):
        return False
    first.content = f"{first.content[0]}\u00a0{first.content[2:]}"
    return True


def _mark_sources(tokens: list[Token]) -> None:
    """Set the short last line of a quotation, which says who said it, apart from what was said."""
    for opening, inline, _close, closing in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False):
        is_last = opening.type == "paragraph_open" and closing.type == "blockquote_close"
        is_first = tokens[tokens.index(opening) - 1].type == "blockquote_open" if is_last else False
        if (
            is_last
            and not is_first
            and len(inline.content) <= _LONGEST_SOURCE
            and inline.content[-1:] not in ".!?”"
        ):
            opening.attrSet("class", "source")


def _lifted(tokens: list[Token]) -> list[Token]:
    """Make one quotation of two that hold nothing but each other: ``>> words``, lifted out of the text."""
    result = list(tokens)
    for at, (outer, inner) in enumerate(pairwise(tokens)):
        if outer.type != "blockquote_open" or inner.type != "blockquote_open":
            continue
        end = _closing(tokens, at + 1)
        if tokens[end + 1].type == "blockquote_close" and outer.level == 0:
            outer.attrSet("class", LIFTED)
            result = [token for token in result if token is not inner and token is not tokens[end]]
    return result


def _closing(tokens: list[Token], opening: int) -> int:
    """Return where the quotation ends that opens there."""
    level = tokens[opening].level
    ends = (
        at
        for at in range(opening, len(tokens))
        if tokens[at].type == "blockquote_close" and tokens[at].level == level
    )
    return next(ends)


def _mark_films(tokens: list[Token]) -> None:
    """Set a link that stands alone and leads to a film as a card: what it is, and where it is seen."""
    for opening, inline in pairwise(tokens):
        children = inline.children or []
        kinds = [child.type for child in children]
        if opening.type != "paragraph_open" or kinds != ["link_open", "text", "link_close"]:
            continue
        film = films.known(str(children[0].attrs["href"]))
        if film is not None:
            opening.attrSet("class", "film")
            if children[0].info == "auto":
                children[0].info, children[1].content = "", film.label
            inline.children = [_text(_PLAY), *children]


def _inline(children: list[Token], source: Source) -> list[Token]:
    result: list[Token] = []
    dropped_links: list[bool] = []
    for token in children:
        if token.type == "link_open":
            url = links.allowed(str(token.attrs["href"]))
            dropped_links.append(url is None)
            if url is not None:
                token.attrs = {"href": url}
                result.append(token)
        elif token.type == "link_close":
            if not dropped_links.pop():
                result.append(token)
        elif token.type == "image":
            result += _described(token)
        elif token.type == "text" and not any(not dropped for dropped in dropped_links):
            result += _with_bare_links(token, source)
        else:
            result.append(token)
    return result


def _described(image: Token) -> list[Token]:
    """Pictures belong to the article's record, with caption and size; in the text only the words stay."""
    words = _text(image.content)
    return [words] if words.content else []


def _with_bare_links(token: Token, source: Source) -> list[Token]:
    pieces: list[Token] = []
    end_of_last = 0
    country = _COUNTRY if source.language[:2] == "sv" else ""
    for start, end, url in links.bare(token.content, source.numbers, country=country):
        pieces += [_text(token.content[end_of_last:start]), *_link(url, token.content[start:end])]
        end_of_last = end
    pieces.append(_text(token.content[end_of_last:]))
    return [piece for piece in pieces if piece.type != "text" or piece.content]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _link(url: str, label: str) -> list[Token]:
    opening = Token("link_open", "a", 1, attrs={"href": links.allowed(url) or ""}, info="auto")
    return [opening, _text(label), Token("link_close", "a", -1)]


def _bare_web_link(state: StateInline, silent: bool) -> bool:
    """Take ``https://...`` as it is, before its underscores and stars are read as Markdown."""
    found = links.WEB_REST.match(state.src, state.pos)
    scheme = next((s for s in ("https", "http") if state.pending[-5:].lower().endswith(s)), None)
    if scheme is None or found is None or state.linkLevel > 0:
        return False
    before = state.pending[: -len(scheme)]
    url = links.trim(state.pending[-len(scheme) :] + found[0])
    if before[-1:].isalnum() or links.allowed(url) is None:  # "xhttps://" is no link, nor is "https://)"
        return False
    if not silent:
        state.pending = before
        _push_link(state, url)
    state.pos += len(url) - len(scheme)
    return True


def _push_link(state: StateInline, url: str) -> None:
    opening = state.push("link_open", "a", 1)
    opening.attrs, opening.info = {"href": url}, "auto"
    state.push("text", "", 0).content = url
    state.push("link_close", "a", -1)
