"""The plain-text part, made from the article's Markdown and not from its HTML: well set, 72 columns wide.

Nothing in it is markup. Words are never broken and neither are links, so that they can be touched; a line
is longer than 72 characters only where one word is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from newsletter.rendering import links
from newsletter.rendering.markdown import LIFTED

WIDTH = 72
_INDENT = "    "
_NO_BREAK = "\u00a0"


@dataclass
class Notes:
    """The numbered links of one article, in the order in which they are met."""

    urls: list[str] = field(default_factory=list)

    def number(self, url: str) -> int:
        """Return the number of this link; the same link keeps its number."""
        if url not in self.urls:
            self.urls.append(url)
        return self.urls.index(url) + 1

    def lines(self) -> list[str]:
        """Return one line for each link: ``[1] https://example.org/``."""
        return [f"[{number}] {links.in_text(url)}" for number, url in enumerate(self.urls, start=1)]


def flow(tokens: Sequence[Token], notes: Notes, *, width: int = WIDTH) -> list[str]:
    """Set parsed Markdown as lines of text; links are numbered into ``notes``."""
    return _blocks(SyntaxTreeNode(tokens).children, notes, width)


def wrap(text: str, *, width: int = WIDTH, first: str = "", rest: str | None = None) -> list[str]:
    """Break a text into lines of at most ``width`` characters, indents included.

    ``first`` begins the first line and ``rest`` (as ``first``, if not given) the others. A line feed in the
    text begins a new line. A no-break space does not break, and is then written as a space.
    """
    rest = first if rest is None else rest
    lines: list[str] = []
    for part in text.split("\n"):
        lines += _wrapped(part, width, rest if lines else first, rest)
    return lines


def underlined(text: str, mark: str = "=") -> list[str]:
    """Set a heading: its lines, and a rule as long as the longest of them."""
    lines = wrap(text)
    longest = max((len(line) for line in lines), default=0)
    return [*lines, mark * min(longest, WIDTH)] if longest else []


def rule(mark: str = "-", label: str = "") -> str:
    """Return a rule of the full width, with a label near its beginning if there is one."""
    start = f"{mark * 3} {label} " if label else ""
    return start + mark * max(WIDTH - len(start), 3)


def joined(*blocks: Iterable[str]) -> list[str]:
    """Put blocks under each other with one empty line between; empty blocks leave no trace."""
    result: list[str] = []
    for block in (list(block) for block in blocks):
        if block:
            result += [*([""] if result else []), *block]
    return result


def plain(tokens: Sequence[Token]) -> str:
    """Return the words of the tokens on one line, without links."""
    inlines = [child for token in tokens for child in (token.children or [])]
    words = "".join(" " if t.type in ("softbreak", "hardbreak") else t.content for t in inlines)
    return " ".join(words.split())


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    lines: list[str] = []
    current, is_blank = first, True
    for word in (word for word in text.replace("\t", " ").split(" ") if word):
        if not is_blank and len(current) + 1 + len(word) > width:
            lines.append(current)
            current, is_blank = rest, True
        current += word if is_blank else f" {word}"
        is_blank = False
    return [line.replace(_NO_BREAK, " ") for line in ([] if is_blank and not lines else [*lines, current])]


def _blocks(nodes: Sequence[SyntaxTreeNode], notes: Notes, width: int) -> list[str]:
    result: list[str] = []
    previous: SyntaxTreeNode | None = None
    for node in nodes:
        block = _block(node, notes, width)
        if block:
            result += [*([""] if previous and not _close(previous, node) else []), *block]
            previous = node
    return result


def _close(one: SyntaxTreeNode, other: SyntaxTreeNode) -> bool:
    """Tell whether two blocks stand without a space between: a tight item's words and the list below."""
    return one.type == "paragraph" and one.hidden and other.type in ("bullet_list", "ordered_list")


def _is_tight(item: SyntaxTreeNode) -> bool:
    return all(child.hidden for child in item.children if child.type == "paragraph")


def _block(node: SyntaxTreeNode, notes: Notes, width: int) -> list[str]:
    match node.type:
        case "heading":
            return underlined(_inline(node, notes), "-")
        case "bullet_list" | "ordered_list":
            return _list(node, notes, width)
        case "blockquote" if node.attrs.get("class") == LIFTED:
            return _indented(_blocks(node.children, notes, width - 4 * len(_INDENT)), 2 * _INDENT)
        case "blockquote":
            return _indented(_blocks(node.children, notes, width - 2 * len(_INDENT)), _INDENT)
        case "fence" | "code_block":
            return _indented(node.content.rstrip("\n").split("\n"), _INDENT)
        case "hr":
            return ["* * *".center(width).rstrip()]
        case "table":
            return _table(node, notes, width)
        case _:
            return wrap(_inline(node, notes), width=width)


def _list(node: SyntaxTreeNode, notes: Notes, width: int) -> list[str]:
    start = int(node.attrs.get("start", 1))
    last = start + len(node.children) - 1
    result: list[str] = []
    for number, item in enumerate(node.children, start=start):
        mark = "• " if node.type == "bullet_list" else f"{number}. ".rjust(len(f"{last}. "))
        lines = _blocks(item.children, notes, width - len(mark)) or [""]
        if result and not _is_tight(item):
            result.append("")
        result += [(mark + lines[0]).rstrip(), *_indented(lines[1:], " " * len(mark))]
    return result


def _indented(lines: Iterable[str], indent: str) -> list[str]:
    return [(indent + line).rstrip() for line in lines]


def _table(node: SyntaxTreeNode, notes: Notes, width: int) -> list[str]:
    """Set columns side by side where they fit, else each row as ``heading: value`` lines."""
    parts = [row for part in node.children for row in part.children]
    rows = [[_inline(cell, notes) for cell in row.children] for row in parts]
    columns = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    if sum(columns) + 3 * (len(columns) - 1) <= width:
        return _side_by_side(rows, columns)
    head, *body = rows
    records = [_record(head, row, width) for row in body]
    return joined(*records) if records else wrap(", ".join(head), width=width)


def _side_by_side(rows: list[list[str]], columns: list[int]) -> list[str]:
    head, *body = ["   ".join(map(str.ljust, row, columns)).rstrip() for row in rows]
    return [head, "   ".join("-" * width for width in columns), *body]


def _record(head: list[str], row: list[str], width: int) -> list[str]:
    cells = [f"{name}: {cell}" for name, cell in zip(head, row, strict=False) if cell]
    return [line for cell in cells for line in wrap(cell, width=width, rest="  ")]


def _inline(node: SyntaxTreeNode, notes: Notes) -> str:
    match node.type:
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "link":
            return _link(node, notes)
        case "text" | "code_inline":
            return node.content.replace("\n", " ")
        case _:
            return "".join(_inline(child, notes) for child in node.children)


def _link(node: SyntaxTreeNode, notes: Notes) -> str:
    url, label = str(node.attrs["href"]), "".join(_inline(child, notes) for child in node.children).strip()
    is_web = url.lower().startswith("http")
    if node.info == "auto" and not is_web:
        return label
    if not label or label in (url, links.display(url), links.in_text(url)) or node.info == "auto":
        return links.in_text(url)
    return f"{label}{_NO_BREAK}[{notes.number(url)}]"
