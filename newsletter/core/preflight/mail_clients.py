"""What mail clients drop of CSS and HTML, and what must stand beside it: a table, with sources.

Facts from https://www.caniemail.com (data of 2025-09-09, MIT), one page for each feature, as tested on the
day that stands in the row; the newest version of each client counts. "Partly" counts as dropped where the row
is about the part that is missing, and for Gmail's app where it is about accounts elsewhere than at Google.
Gmail's 16 kB of rules: https://github.com/hteumeuleu/caniemail/issues/144 (2021-03-30).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

#: All rules in style elements together, in characters; what goes over is dropped.
MOST_STYLE = 16_000

CLIENTS = {
    "W": "Outlook Windows",  # the Word engine
    "O": "Outlook.com",  # and the new Outlook, which is the same
    "G": "Gmail",
    "g": "Gmail (app)",
    "A": "Apple Mail",
    "S": "Samsung Email",
    "T": "Thunderbird",
}
ALL = frozenset(CLIENTS)
WORD = frozenset("W")
#: Clients that read no style element at all: Gmail's app with an account elsewhere (html-style, 2023-07-27).
WITHOUT_STYLE = frozenset("g")


class Sort(StrEnum):
    """Where a feature is met; ``pattern`` of a row is matched against this."""

    DECLARATION = "declaration"
    """A property's name, and its value against ``value``."""
    IMPORTANT = "important"
    """A declaration with !important in a style attribute."""
    AT_RULE = "at-rule"
    SELECTOR = "selector"
    ELEMENT = "element"
    ATTRIBUTE = "attribute"
    FILE = "file"
    """A picture's address."""


class Fallback(StrEnum):
    """What a use needs so that nothing is lost where it is dropped; ``support`` looks for it."""

    LOOKS = "looks"
    """Nothing: only looks are lost, and words and pictures stay where they are."""
    NONE = "none"
    """Nothing helps: it is not to be used."""
    CONDITION = "condition"
    """What holds without it: nothing may be hidden that only this would show."""
    EARLIER = "earlier"
    """The same property before it, with a value that all know."""
    WIDTH = "width"
    """A width attribute on a picture, or a table for Outlook around."""
    COLUMN = "column"
    """A cell for Outlook around, where the element is a column."""
    CENTRED = "centred"
    """An align attribute, or a centred table for Outlook around."""
    GROUND = "ground"
    """A colour of the ground beside it."""
    ALIGN = "align"
    """An align attribute."""
    CELL = "cell"
    """A cell around that draws the plate, where the element is one."""
    HIDDEN = "hidden"
    """mso-hide, or display: none, that hides it where this does not."""
    STACK = "stack"
    """Another typeface after it."""
    INSIDE = "inside"
    """An ordinary picture inside it."""
    SOURCE = "source"
    """An ordinary src beside it."""
    NAMED = "named"
    """An empty anchor with that name where the link leads."""


@dataclass(frozen=True)
class Row:
    """A feature, the clients that drop it (letters of ``CLIENTS``), and what must stand beside it."""

    sort: Sort
    name: str
    pattern: str
    value: str
    dropped_by: frozenset[str]
    page: str
    tested: str
    fallback: Fallback

    @property
    def source(self) -> str:
        """Return the page that says so."""
        return f"https://www.caniemail.com/features/{self.page}/"

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        return re.compile(self.pattern, re.IGNORECASE), re.compile(self.value, re.IGNORECASE)

    def names(self, name: str, value: str = "") -> bool:
        """Tell whether a property, element or attribute of this name is what the row is about."""
        pattern, wanted = self._patterns
        return pattern.fullmatch(name) is not None and wanted.search(value) is not None

    def has(self, text: str) -> bool:
        """Tell whether an at-rule, a selector or an address has what the row is about."""
        return self._patterns[0].search(text) is not None


def _read(table: str) -> Iterator[Row]:
    sort = Sort.DECLARATION
    for line in filter(None, map(str.strip, table.splitlines())):
        if line.startswith("== "):
            sort = Sort(line.removeprefix("== "))
            continue
        name, pattern, value, clients, page, tested, fallback = (cell.strip() for cell in line.split(";"))
        yield Row(sort, name, pattern, value, frozenset(clients), page, tested, Fallback(fallback))


#: Feature; pattern; value; who drops it; page of the source; when tested; what must stand beside it.
_TABLE = r"""
== declaration
border-radius; border(-top|-bottom)?(-left|-right)?-radius; ; W; css-border-radius; 2021-03-09; looks
box-shadow; box-shadow; ; WGg; css-box-shadow; 2023-12-20; looks
text-shadow; text-shadow; ; WOGg; css-text-shadow; 2019-02-28; looks
opacity; opacity; ; W; css-opacity; 2019-02-28; looks
max-width; max-width; ; W; css-max-width; 2019-08-02; width
min-width; min-width; ; W; css-min-width; 2021-11-29; looks
max-height; max-height; ; W; css-max-height; 2021-11-29; looks
min-height; min-height; ; W; css-min-height; 2021-11-29; looks
width; width; ; W; css-width; 2019-09-27; width
height; height; ; W; css-height; 2019-09-27; looks
overflow; overflow(-[xy])?; ; W; css-overflow; 2025-05-27; looks
box-sizing; box-sizing; ; W; css-box-sizing; 2019-02-28; looks
background-image; background(-image)?; url\(; W; css-background-image; 2023-07-24; ground
background-size; background-size; ; Wg; css-background-size; 2019-02-28; looks
background-position; background-position; ; W; css-background-position; 2019-02-28; looks
background-repeat; background-repeat; ; W; css-background-repeat; 2019-02-28; looks
background-clip; background-clip|background-origin; ; Wg; css-background-clip; 2019-02-28; looks
linear-gradient(); background(-image)?; linear-gradient; WO; css-linear-gradient; 2021-12-29; ground
radial-gradient(); background(-image)?; (radial|conic)-gradient; WO; css-radial-gradient; 2021-12-29; ground
display: flex; display; (inline-)?flex\b; Wg; css-display-flex; 2021-11-02; none
display: grid; display; (inline-)?grid\b; WGg; css-display-grid; 2019-02-28; none
display: inline-block; display; inline-block; W; css-display; 2021-12-01; column
display: none; display; none; W; css-display-none; 2019-02-28; hidden
flex-direction; flex(-direction|-flow|-wrap|-grow|-shrink|-basis)?|order; ; WGg; css-flex-direction; 2023-01-17; none
justify-content; justify-(content|items|self); ; WGg; css-justify-content; 2021-03-09; none
align-items; align-(items|content|self); ; WGg; css-align-items; 2023-12-19; none
gap; gap|row-gap|column-gap; ; W; css-gap; 2022-12-28; none
grid-template; grid(-[a-z-]+)?; ; WOGg; css-grid-template; 2023-01-09; none
position; position; absolute|fixed|sticky|relative; WOGg; css-position; 2021-05-16; none
top/right/bottom/left; top|right|bottom|left; ; WGg; css-left-right-top-bottom; 2021-05-16; none
inset; inset; ; WOGgS; css-inset; 2024-05-29; none
z-index; z-index; ; WGg; css-z-index; 2021-05-16; looks
float; float; left|right; W; css-float; 2024-05-08; align
clear; clear; ; W; css-clear; 2024-09-06; looks
transform; transform(-origin)?; ; WOGg; css-transform; 2019-02-28; none
clip-path; clip-path; ; WOGg; css-clip-path; 2021-03-09; none
mask; mask(-image)?; ; WOGg; css-mask-image; 2024-11-27; none
filter; filter; ; WOGg; css-filter; 2024-01-03; looks
backdrop-filter; backdrop-filter; ; WOGg; css-backdrop-filter; 2024-01-17; looks
mix-blend-mode; mix-blend-mode|background-blend-mode; ; Wg; css-mix-blend-mode; 2020-12-12; looks
animation; animation(-[a-z-]+)?; ; WOGg; css-animation; 2023-12-19; looks
transition; transition(-[a-z-]+)?; ; WOGg; css-transition; 2024-03-29; looks
object-fit; object-(fit|position); ; Wg; css-object-fit; 2021-07-15; none
aspect-ratio; aspect-ratio; ; WOGgST; css-aspect-ratio; 2023-12-19; none
column-count; column(-count|-width|s); ; W; css-column-count; 2019-02-28; looks
var(); .*; var\(; WOGg; css-variables; 2020-02-25; earlier
calc(); .*; calc\(; WOg; css-unit-calc; 2020-02-25; earlier
min(), max(), clamp(); .*; (?<![\w-])(min|max|clamp)\(; WOgS; css-function-clamp; 2021-05-07; earlier
light-dark(); .*; light-dark\(; WOGg; css-function-light-dark; 2024-08-14; earlier
rem; .*; \drem\b; W; css-unit-rem; 2020-02-25; earlier
vw, vh; .*; \dv(w|h|min|max)\b; W; css-unit-vw; 2020-02-25; earlier
ch; .*; \dch\b; W; css-unit-ch; 2020-02-25; earlier
rgba(); .*; (rgb|hsl)a\(|rgb\([^)]*,[^)]*,[^)]*,; W; css-rgba; 2021-05-14; earlier
rgb(0 0 0); .*; rgba?\([^,)]*\); WGg; css-rgb; 2021-05-14; none
lab(), oklch(); .*; (?<![\w-])(ok)?l(ab|ch)\(|(?<![\w-])color\(; WOGgST; css-modern-color; 2023-01-18; none
initial, unset; .*; ^(initial|unset|revert)$; Wg; css-unit-initial; 2020-02-25; earlier
visibility; visibility; hidden|collapse; WGg; css-visibility; 2019-02-28; none
hyphens; (-webkit-)?hyphens; ; WOGg; css-hyphens; 2022-08-03; looks
hyphenate-*; (-webkit-)?hyphenate-.*; ; WOGgAST; css-hyphenate-limit-chars; 2024-08-08; looks
text-wrap; text-wrap; ; WOGg; css-text-wrap; 2024-04-03; looks
overflow-wrap; overflow-wrap; ; WOGg; css-overflow-wrap; 2022-08-03; looks
word-wrap; word-wrap; ; W; css-word-wrap; 2025-05-08; looks
widows, orphans; widows|orphans; ; WGg; css-widows; 2024-05-03; looks
word-spacing; word-spacing; [1-9]; W; css-word-spacing; 2024-03-13; looks
letter-spacing in em; letter-spacing; em$; W; css-letter-spacing; 2020-01-19; looks
white-space; white-space; ; WgS; css-white-space; 2019-02-28; looks
text-decoration-color; text-decoration-color; ; Wg; css-text-decoration-color; 2020-04-30; looks
text-decoration-thickness; text-decoration-thickness; ; WOGg; css-text-decoration-thickness; 2023-01-16; looks
text-decoration-style; text-decoration-style; ; W; css-text-decoration-style; 2023-12-06; looks
text-decoration-line; text-decoration-line; ; W; css-text-decoration-line; 2023-12-06; earlier
text-decoration of several words; text-decoration; \S\s+\S; W; css-text-decoration; 2019-02-28; none
text-underline-offset; text-underline-offset; ; WOGg; css-text-underline-offset; 2023-01-16; looks
text-decoration-skip-ink; text-decoration-skip-ink; ; WOGg; css-text-decoration-skip-ink; 2023-12-08; looks
text-transform: lowercase; text-transform; lowercase; W; css-text-transform; 2021-09-19; looks
text-overflow; text-overflow; ; WgS; css-text-overflow; 2019-02-28; looks
text-align: start, end; text-align; start|end; Wg; css-text-align; 2021-09-24; earlier
text-indent below 0; text-indent; ^-; Gg; css-text-indent; 2021-01-31; none
writing-mode; writing-mode|text-orientation; ; Wg; css-writing-mode; 2022-05-04; none
font-size in %; font-size; %; S; css-font-size; 2024-02-28; earlier
font-stretch; font-stretch|font-kerning; ; WgS; css-font-stretch; 2023-09-23; looks
system-ui; font(-family)?; system-ui|ui-(sans-)?serif; W; css-sytem-ui; 2022-12-30; stack
line-height in px; line-height; ^(?!0|1px)[\d.]+(px|em)$; W; css-line-height; 2021-10-02; looks
margin below 0; margin(-[a-z]+)?; (^|\s)-; WOGg; css-margin; 2019-10-01; none
margin: auto; margin(-left|-right)?; \bauto\b; W; css-margin; 2019-10-01; centred
margin of a span; margin(-[a-z]+)?; ; W; css-margin; 2019-10-01; looks
padding beside cells; padding(-[a-z]+)?; ; W; css-padding; 2019-07-25; cell
border above 8 px; border(-[a-z]+)?(-width)?; \b(9|[1-9]\d+)(\.\d+)?px; W; css-border; 2021-07-22; looks
border-spacing; border-spacing; ; W; css-border-spacing; 2023-12-20; looks
border-image; border-image(-[a-z]+)?; ; WOGg; css-border-image; 2019-02-28; looks
outline; outline(-[a-z]+)?; ; W; css-outline; 2022-03-17; looks
caption-side; caption-side; ; W; css-caption-side; 2021-05-13; looks
table-layout; table-layout; ; W; css-table-layout; 2022-07-20; looks
list-style-image; list-style(-image)?; url\(; WOGg; css-list-style-image; 2020-04-20; looks
list-style-position; list-style-position; ; W; css-list-style-position; 2020-04-20; looks
margin-inline, margin-block; margin-(inline|block)(-start|-end)?; ; WOGgS; css-margin-inline-block; 2022-07-12; none
padding-inline, padding-block; padding-(inline|block)(-start|-end)?; ; WOGgS; css-padding-inline-block; 2022-07-13; none
border-inline, border-block; border-(inline|block)(-[a-z-]+)?; ; WOGgS; css-border-inline-block; 2022-07-13; none
inline-size, block-size; (min-|max-)?(inline|block)-size; ; WOGgA; css-inline-size; 2019-02-28; none
cursor; cursor; ; OGgA; css-cursor; 2025-07-02; looks
user-select; (-webkit-)?user-select; ; WOGg; css-user-select; 2024-02-14; looks
accent-color; accent-color; ; WOGg; css-accent-color; 2023-12-19; looks
color-scheme; color-scheme; ; WOGg; css-color-scheme; 2023-09-18; looks
== important
inline !important; ; ; W; css-important; 2021-11-30; none
== at-rule
@media; @media; ; WTg; css-at-media; 2023-12-13; condition
@media (height); @media[^{]*height; ; WTGg; css-at-media; 2023-12-13; condition
prefers-color-scheme; @media[^{]*prefers-color-scheme; ; WGgT; css-at-media-prefers-color-scheme; 2023-03-08; condition
prefers-reduced-motion; @media[^{]*prefers-reduced-motion; ; WGgT; css-at-media-prefers-reduced-motion; 2021-02-20; condition
@media (hover); @media[^{]*\bhover\b; ; WGg; css-at-media-hover; 2022-08-29; condition
@media (orientation); @media[^{]*orientation; ; WgT; css-at-media-orientation; 2019-08-20; condition
@media (resolution); @media[^{]*(resolution|pixel-ratio); ; WGgT; css-at-media-device-pixel-ratio; 2019-08-20; condition
@supports; @supports; ; WOGgT; css-at-supports; 2020-05-25; condition
@font-face; @font-face; ; WOGg; css-at-font-face; 2023-12-19; none
@import; @import; ; OGgST; css-at-import; 2019-02-28; none
@keyframes; @(-webkit-)?keyframes; ; WOGg; css-at-keyframes; 2021-05-25; looks
== selector
:hover; :hover; ; Wg; css-pseudo-class-hover; 2019-10-23; condition
:active, :focus, :visited; :(active|focus|visited|target); ; WGgA; css-pseudo-class-focus; 2019-10-28; condition
:first-child and its like; :(first|last|only|nth)-; ; WOGg; css-pseudo-class-nth-child; 2019-10-19; condition
:not(), :has(); :(not|has|is|where)\(; ; WOGg; css-pseudo-class-not; 2019-10-23; condition
:checked; :checked; ; WGg; css-pseudo-class-checked; 2020-03-10; condition
::before, ::after; ::?(before|after|marker|first-); ; WGg; css-pseudo-element-before; 2020-05-21; condition
attribute selector; \[; ; WGg; css-selector-attribute; 2020-12-15; condition
child selector; >; ; Wg; css-selector-child; 2019-10-13; condition
sibling selector; [+~](?!=); ; Wg; css-selector-adjacent-sibling; 2020-03-11; condition
universal selector; \*(?!=); ; Wg; css-selector-universal; 2019-10-13; condition
chained classes; [\w-]\.[\w-]+\.[\w-]|(^|[\s>+~])\.[\w-]+\.; ; W; css-selector-chaining; 2019-10-13; none
== element
<video>; video; ; WOGg; html-video; 2019-09-16; none
<audio>; audio; ; WOGg; html-audio; 2020-04-21; none
<svg>; svg; ; WOGg; html-svg; 2020-02-06; none
<object>; object|embed; ; WOGg; html-object; 2021-02-20; none
<form>; form; ; WOg; html-form; 2019-09-10; none
<input>; input|textarea|select|button; ; WOg; html-button-submit; 2019-09-10; none
<dialog>; dialog; ; WOGg; html-dialog; 2019-02-28; none
<picture>; picture; ; WOGg; html-picture; 2024-04-15; inside
<progress>, <meter>; progress|meter; ; WOGg; html-progress; 2019-02-28; none
<marquee>; marquee; ; WGg; html-marquee; 2020-04-21; none
<ruby>; ruby|rt|rp; ; WGg; html-ruby; 2019-02-28; looks
<details>, <main>, <nav>; details|summary|main|nav; ; WOGg; html-semantics; 2019-07-29; none
<section> and its like; article|aside|section|header|footer|figure|figcaption|mark|time; ; WO; html-semantics; 2019-07-29; looks
<bdi>; bdi; ; WOGg; html-bdi; 2019-02-28; looks
<abbr>; abbr|acronym|dfn; ; W; html-abbr; 2023-09-13; looks
<wbr>; wbr; ; Wg; html-wbr; 2019-02-28; looks
<base>; base; ; OGg; html-base; 2021-12-01; none
<link rel=stylesheet>; link; ; OGgST; html-link; 2023-12-21; none
== attribute
hidden; hidden; ; WOGg; html-hidden; 2024-01-26; hidden
srcset; srcset; ; WOGg; html-srcset; 2019-05-29; source
loading; loading; ; WOGg; html-loading-attribute; 2021-10-27; looks
background; background; ; Wg; html-background; 2019-02-28; ground
target; target; ; OGg; html-target; 2021-12-28; looks
popover; popover; ; WOGgT; html-popover; 2023-09-25; none
value of li; value|reversed; ; WOGg; html-lists; 2024-02-17; looks
aria-labelledby, aria-describedby; aria-(labelledby|describedby); ; WOGgT; html-aria-labelledby; 2022-04-08; none
aria-label; aria-label; ; T; html-aria-label; 2019-02-28; looks
aria-live; aria-live; ; OT; html-aria-live; 2019-02-28; looks
width in % on a picture; width; %; W; html-width; 2019-09-27; none
in-page link; href; ^#.; W; html-anchor-links; 2019-08-08; named
== file
WebP; \.webp$; ; W; image-webp; 2021-02-06; none
AVIF; \.avif$; ; W; image-avif; 2023-01-14; none
SVG picture; \.svgz?$; ; Gg; image-svg; 2023-01-15; none
HEIF; \.hei[cf]$; ; WOST; image-heif; 2020-02-06; none
TIFF; \.tiff?$; ; WOST; image-tiff; 2020-02-06; none
APNG; \.apng$; ; WGg; image-apng; 2020-02-06; looks
ICO; \.ico$; ; W; image-ico; 2020-02-06; none
moving GIF; \.gif$; ; W; image-gif; 2020-02-06; looks
MP4; \.(mp4|webm|mov)$; ; WGgST; image-mp4; 2021-05-13; none
data: picture; ^data:; ; WGg; image-base64; 2020-02-06; none
"""  # noqa: E501

TABLE: tuple[Row, ...] = tuple(_read(_TABLE))
