"""As much of CSS as mails use: inline declarations, the rules of style elements, and colours."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import cssselect
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

#: Rules that hold whatever the screen, and those for readers who like it dark.
ALWAYS, DARK = "", "dark"

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_IMPORTANT = re.compile(r"\s*!\s*important\s*$", re.IGNORECASE)
_ANY_SCREEN = re.compile(r"^@media\s+(?:only\s+)?(?:screen|all)$", re.IGNORECASE)
_DARK = re.compile(r"^@media\b(?!.*\bnot\b).*prefers-color-scheme\s*:\s*dark", re.IGNORECASE | re.DOTALL)
_FUNCTION = re.compile(
    r"rgba?\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*(?:[,/]\s*([\d.]+)(%?)\s*)?\)",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|rgba?\([^)]*\)|\b[a-z]+\b", re.IGNORECASE)
#: The sixteen names of HTML 4, and those that mails use besides.
_NAMED = {
    "black": "#000000", "silver": "#c0c0c0", "gray": "#808080", "grey": "#808080", "white": "#ffffff",
    "maroon": "#800000", "red": "#ff0000", "purple": "#800080", "fuchsia": "#ff00ff", "green": "#008000",
    "lime": "#00ff00", "olive": "#808000", "yellow": "#ffff00", "navy": "#000080", "blue": "#0000ff",
    "teal": "#008080", "aqua": "#00ffff", "orange": "#ffa500", "lightgray": "#d3d3d3", "lightgrey": "#d3d3d3",
    "darkgray": "#a9a9a9", "darkgrey": "#a9a9a9", "whitesmoke": "#f5f5f5",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """One selector of a rule and what it sets; ``important`` are the names set with ``!important``.

    ``given`` is every declaration in order, those too that a later one of the same name wins over.
    """

    selector: str
    values: Mapping[str, str]
    important: frozenset[str] = frozenset()
    given: tuple[tuple[str, str, bool], ...] = ()

    def specificity(self) -> tuple[int, int, int]:
        """Return how much the selector weighs; nothing for one that cannot be read."""
        return _specificity(self.selector)

    def matched(self, root: HtmlElement) -> list[HtmlElement]:
        """Return the elements that the rule is about; none for a selector that cannot be read."""
        selector = _selector(self.selector)
        return (
            []
            if selector is None
            else [one for one in root.xpath(selector.path) if isinstance(one, HtmlElement)]
        )


@dataclass(frozen=True, slots=True)
class _Block:
    prelude: str
    body: str


def declarations(style: str) -> dict[str, str]:
    """Return what a ``style`` attribute sets, by lower-case names; the last of two wins."""
    return {name: value for name, value, _ in declared(style)}


def rules(root: HtmlElement, scheme: str) -> list[Rule]:
    """Return the rules of the style elements for a scheme, in order; other media queries are left out."""
    css = "\n".join(
        f"@media {style.get('media')} {{{style.text or ''}}}" if style.get("media") else style.text or ""
        for style in root.iter("style")
    )
    return list(_read_rules(css, scheme))


@lru_cache(maxsize=32)  # an issue's variants have the same rules
def _read_rules(css: str, scheme: str) -> tuple[Rule, ...]:
    return tuple(rule for block in _blocks(_COMMENT.sub("", css)) for rule in _rules(block, scheme))


@lru_cache(maxsize=32)
def all_rules(css: str) -> tuple[tuple[tuple[str, ...], Rule], ...]:
    """Return every rule of a style element and the at-rules around it, the outermost first.

    An at-rule that holds declarations and no rules, or nothing (``@import``), comes with an empty selector.
    """
    bare = _COMMENT.sub("", css)
    imports = tuple(((found[0],), Rule("", {})) for found in re.finditer(r"@import\b[^;]*", bare))
    return imports + tuple(_nested(bare, ()))


def _nested(css: str, around: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Rule]]:
    for block in _blocks(css):
        if not block.prelude.startswith("@"):
            yield from ((around, rule) for rule in _of_selectors(block))
        elif "{" in block.body:
            yield from _nested(block.body, (*around, block.prelude))
        else:
            yield (*around, block.prelude), Rule("", declarations(block.body), given=declared(block.body))


@lru_cache(maxsize=1024)
def colour(value: str) -> str | None:
    """Return the first colour in a value as ``#rrggbb``; None when there is none, or none that is opaque."""
    for found in _COLOUR.findall(value):
        if (read := _read(found.lower())) is not None:
            return read
    return None


def ground_of(style: Mapping[str, str]) -> str | None:
    """Return the ground that a style paints, if any."""
    return colour(style.get("background-color") or style.get("background") or "")


def _read(word: str) -> str | None:
    if word.startswith("#"):
        digits = word[1:]
        if len(digits) in (3, 4):
            digits = "".join(2 * digit for digit in digits)
        if len(digits) == 8 and digits.endswith("ff"):  # opaque
            digits = digits[:6]
        return f"#{digits}" if len(digits) == 6 else None
    found = _FUNCTION.fullmatch(word)
    if found is None:
        return _NAMED.get(word)
    part = float(found[4] or 1) / (100 if found[5] else 1)
    if part < 1:  # What stands under it shows through: the ground below is the better guess.
        return None
    return "#" + "".join(f"{min(int(channel), 255):02x}" for channel in found.groups()[:3])


def _rules(block: _Block, scheme: str) -> Iterator[Rule]:
    if block.prelude.startswith("@"):
        inside = _inside(block.prelude, scheme)
        if inside is not None:
            for inner in _blocks(block.body):
                yield from _rules(inner, inside)
        return
    if scheme == DARK:
        return
    yield from _of_selectors(block)


def _inside(prelude: str, scheme: str) -> str | None:
    """Return as which scheme's the rules within an at-rule are to be read; None where they do not hold."""
    if _ANY_SCREEN.match(prelude):
        return scheme
    return ALWAYS if scheme == DARK and _DARK.match(prelude) else None


def _of_selectors(block: _Block) -> Iterator[Rule]:
    given = declared(block.body)
    values = {name: value for name, value, _ in given}
    important = frozenset(name for name, _, is_important in given if is_important)
    for selector in block.prelude.split(","):
        yield Rule(" ".join(selector.split()), values, important, given)


@lru_cache(maxsize=1024)  # a mail has few styles, each on many elements
def declared(body: str) -> tuple[tuple[str, str, bool], ...]:
    """Return each declaration in order, repeated ones too: name, value, and whether it is important."""
    found = []
    for declaration in body.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            bare = _IMPORTANT.sub("", value)
            found.append((name.strip().lower(), bare.strip().lower(), bare != value))
    return tuple(found)


def _blocks(css: str) -> Iterator[_Block]:
    """Give each block at the top: what stands before its brace, and what stands within."""
    start = depth = 0
    prelude = ""
    for found in re.finditer("[{}]", css):
        if found[0] == "{":
            if depth == 0:
                prelude, start = css[start : found.start()].strip(), found.end()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield _Block(prelude.rpartition(";")[2].strip(), css[start : found.start()])
                start = found.end()


@lru_cache(maxsize=256)
def _selector(selector: str) -> CSSSelector | None:
    try:
        return CSSSelector(selector, translator="html")
    except (cssselect.SelectorError, cssselect.ExpressionError, NotImplementedError):
        return None


@lru_cache(maxsize=256)
def _specificity(selector: str) -> tuple[int, int, int]:
    try:
        return cssselect.parse(selector)[0].specificity()
    except cssselect.SelectorError:
        return (0, 0, 0)
