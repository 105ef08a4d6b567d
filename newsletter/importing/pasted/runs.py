"""Runs of words become a line of Markdown, and read as exactly those words whatever signs are in them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from newsletter.importing import markup
from newsletter.importing.pasted.addresses import written
from newsletter.importing.pasted.values import PLAIN, Look, Run

#: What surrounds words: bold, italic, struck.
_MARKS = (("bold", "**"), ("italic", "*"), ("struck", "~~"))
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_OUTER = re.compile(r"(\s*)(.*?)(\s*)", re.DOTALL)


def tidied(runs: Sequence[Run]) -> list[Run]:
    """Return the runs with single blanks, none at the ends or around a line break, and neighbours joined."""
    tidy: list[Run] = []
    for run in _joined(runs):
        text = run.text
        if text != "\n":
            text = _BLANKS.sub(" ", text.replace("\u00a0", " ")).replace("\u00ad", "").replace("\u200b", "")
            if not tidy or tidy[-1].text == "\n" or tidy[-1].text.endswith(" "):
                text = text.lstrip(" ")
        elif tidy:
            tidy[-1] = (
                replace(tidy[-1], text=tidy[-1].text.rstrip(" ")) if tidy[-1].text != "\n" else tidy[-1]
            )
        if text and (tidy or text != "\n"):
            tidy.append(Run(text, run.look))
    while tidy and not tidy[-1].text.strip():
        tidy.pop()
    if tidy:
        tidy[-1] = replace(tidy[-1], text=tidy[-1].text.rstrip())
    return [run for run in tidy if run.text]


def words(runs: Sequence[Run]) -> str:
    r"""Return the words alone, with ``\n`` for a line break."""
    return "".join(run.text for run in runs)


def line(runs: Sequence[Run]) -> str:
    """Return tidied runs as inline Markdown that reads as their words."""
    if all(run.look == PLAIN for run in runs):
        return markup.lines(words(runs).split("\n"))
    for kept in (runs, [Run(run.text, Look(href=run.look.href)) for run in runs]):
        text = "".join(_marked(list(_joined(kept))))
        if markup.plain(text).rstrip("\n") == words(runs):
            return text
    return markup.lines(words(runs).split("\n"))  # signs in the way: the words come first


def _joined(runs: Sequence[Run]) -> Iterator[Run]:
    for (look, is_break), same in groupby(runs, key=lambda run: (run.look, run.text == "\n")):
        if is_break:
            yield from same
        else:
            yield Run("".join(run.text for run in same), look)


def _marked(runs: Sequence[Run]) -> Iterator[str]:
    for place, run in enumerate(runs):
        if run.text == "\n":
            yield markup.BREAK
            continue
        found = _OUTER.fullmatch(run.text)
        before, inner, after = (found[1], found[2], found[3]) if found else ("", run.text, "")
        starts = place == 0 or runs[place - 1].text == "\n"
        yield f"{before}{_dressed(inner, run.look, starts=starts)}{after}" if inner else before


def _dressed(text: str, look: Look, *, starts: bool) -> str:
    marks = [mark for name, mark in _MARKS if getattr(look, name)]
    plain = markup.escaped(text) if starts and not marks and not look.href else markup.escaped_inside(text)
    if look.href:
        plain = _link(text, plain, look.href)
    return "".join([*marks, plain, *reversed(marks)])


def _link(text: str, plain: str, href: str) -> str:
    if text == href:
        return f"<{href}>"
    if text in (href.removeprefix("mailto:"), href.removeprefix("tel:")):
        return plain
    return f"[{plain}]({written(href)})"
