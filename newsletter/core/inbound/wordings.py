"""The patterns of ``phrases`` as regular expressions, made once each when they are first asked for."""

import re
from functools import cache

from newsletter.core.inbound import phrases

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


@cache
def by_language(table: str) -> dict[str, re.Pattern[str]]:
    """Return one pattern a language."""
    tables: dict[str, tuple[str, ...]] = getattr(phrases, table)
    return {
        language: _compiled("|".join(_expression(one, language) for one in some))
        for language, some in tables.items()
    }


@cache
def each(table: str, language: str) -> tuple[re.Pattern[str], ...]:
    """Return one pattern an entry of a table, for what stands before and after it."""
    return tuple(_compiled(_expression(one, language)) for one in getattr(phrases, table)[language])


def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{expression})(?![\w@])")


@cache
def part(language: str, name: str) -> re.Pattern[str]:
    """Return what finds the words of one kind in ``TOGETHER``."""
    return _compiled(_expression(phrases.TOGETHER[language][name], language))


@cache
def beside(language: str) -> frozenset[str]:
    """Return the words that change nothing of what stands beside them."""
    return frozenset(phrases.BESIDE[language].split())


@cache
def things(language: str) -> re.Pattern[str]:
    """Return what letters and lists are called, for one word."""
    parts = phrases.PARTS[language]
    return re.compile("|".join(re.sub(r"\((?!\?)", "(?:", parts[name]) for name in ("letters", "list")))


@cache
def _expression(pattern: str, language: str) -> str:
    """Return a pattern of ``phrases`` as a regular expression."""
    parts = phrases.PARTS[language]
    expanded = re.sub(r"\{(\w+)\}", lambda found: f"(?:{parts[found[1]]})", pattern)
    expanded = re.sub(r"\((?!\?)", "(?:", expanded)
    word = "|".join((*sorted(beside(language), reverse=True), things(language).pattern))
    expanded = expanded.replace("§", f"(?:(?:{word}) ){{0,6}}?")
    head, gap, tail = expanded.partition("…")
    if gap:
        between = f"(?: (?:{word})){{0,6}}? " if tail.strip() else ""
        expanded = f"{head.rstrip()}{between}{tail.lstrip()}"
    return _spaced(expanded)


def _spaced(pattern: str) -> str:
    """Let what may be left out take its space with it: "a [b] c" is "a c", too."""
    while _OPTIONAL.search(pattern):
        pattern = re.sub(r" \[([^\[\]]*)\]", r"(?: (?:\1))?", pattern)
        pattern = re.sub(r"\[([^\[\]]*)\] ", r"(?:(?:\1) )?", pattern)
        pattern = re.sub(r"\[([^\[\]]*)\]", r"(?:\1)?", pattern)
    return f"(?:{pattern})"
