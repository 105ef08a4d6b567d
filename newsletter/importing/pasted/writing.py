"""Blocks become Markdown: a blank line between blocks, none between the items of a list."""

from collections.abc import Sequence

from newsletter.importing import markup
from newsletter.importing.pasted.runs import line, tidied, words
from newsletter.importing.pasted.values import Block, Kind, Run

#: Deeper lists and quotations than this are of somebody's layout and not of their text.
DEEPEST_LIST, DEEPEST_QUOTE = 5, 3
_HIGHEST, _LOWEST = 2, 6


def write(blocks: Sequence[Block]) -> str:
    """Return the Markdown of blocks. The highest heading among them is ``##``, whatever rank it had."""
    ranks = sorted({block.level for block in blocks if block.kind is Kind.HEADING})
    written: list[str | None] = []
    indents: list[int] = []  # of the items that the next block may lie in
    before: Block | None = None
    for block in blocks:
        text = _text(block, ranks)
        if not text:
            continue
        depth = min(block.level, DEEPEST_LIST) if block.kind is not Kind.HEADING else 0
        prefix = "> " * min(block.quoted, DEEPEST_QUOTE)
        if block.kind is Kind.ITEM:
            del indents[max(depth, 1) - 1 :]
            mark = f"{block.number}. " if block.number else "- "
            text = _hung(f"{mark}{text}", sum(indents), len(mark))
            indents.append(len(mark))
        else:
            del indents[depth:]
            text = _hung(" " * sum(indents) + text, 0, sum(indents))
        if before is not None:
            written.append(_between(before, block))
        written += [f"{prefix}{each}" if each else prefix.rstrip() for each in text.split("\n")]
        before = block
    return "\n".join(each for each in written if each is not None)


def _text(block: Block, ranks: Sequence[int]) -> str:
    if block.kind is Kind.RULE:
        return "---"
    if block.kind is Kind.TABLE:
        return _table(block.rows)
    runs = tidied(block.runs)
    if block.kind is not Kind.HEADING:
        return line(runs)
    text = " ".join(words(runs).split())
    level = min(_HIGHEST + ranks.index(block.level), _LOWEST)
    linked = [run for run in runs if run.look.href]
    if not linked or any(run.text == "\n" for run in runs):
        return markup.heading(text, level) if text else ""
    return f"{'#' * level} {line([Run(run.text, type(run.look)(href=run.look.href)) for run in runs])}"


def _table(rows: Sequence[Sequence[Sequence[Run]]]) -> str:
    cells = [[line(tidied(cell)).replace(markup.BREAK, " ") for cell in row] for row in rows]
    width = max(map(len, cells))
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in cells]
    return "\n".join([lines[0], f"|{' --- |' * width}", *lines[1:]])


def _hung(text: str, first: int, rest: int) -> str:
    """Indent: the first line by ``first``, those that hang below it by ``rest`` more."""
    top, *below = text.split("\n")
    return "\n".join([" " * first + top, *(" " * (first + rest) + each for each in below)])


def _between(before: Block, block: Block) -> str | None:
    """Return what stands between two blocks; None for items that follow each other."""
    if before.kind is Kind.ITEM and block.kind is Kind.ITEM and before.quoted == block.quoted:
        # A number other than 1 right below other words is read as more of them (CommonMark 5.3).
        return "" if block.number > 1 and block.level > before.level else None
    if before.quoted and block.quoted:
        return ("> " * min(before.quoted, block.quoted, DEEPEST_QUOTE)).rstrip()
    return ""
