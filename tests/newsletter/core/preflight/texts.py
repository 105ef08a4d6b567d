"""Articles and findings for tests of the checks."""

from collections.abc import Iterable

from newsletter.core.articles import ArticleText
from newsletter.core.preflight.findings import Finding
from newsletter.core.preflight.matter import Part


def article(body: str = "", title: str = "Skörden", **more: object) -> ArticleText:
    return ArticleText(title=title, body=body, **more)  # type: ignore[arg-type]


def part(body: str = "", title: str = "Skörden", article_id: int = 1, **more: object) -> Part:
    return Part(article_id=article_id, text=article(body, title), **more)  # type: ignore[arg-type]


def rules(findings: Iterable[Finding]) -> list[str]:
    return [found.rule for found in findings]


def told(found: Finding) -> str:
    """The sentence as a Swede reads it: a place without its fact, or a fact without its place, fails."""
    assert set(found.facts) == {name for name in found.facts if f"{{{name}}}" in found.sentence}
    return found.sentence.format(**found.facts)
