"""All checks of what people have written: the same for every variant, and without rendering anything."""

from collections.abc import Iterator

from newsletter.core.preflight import deadlines, readability, references, repeats, subjects
from newsletter.core.preflight.findings import Finding, Severity, mark
from newsletter.core.preflight.matter import Matter


def check_words(matter: Matter) -> Iterator[Finding]:
    """Find what is wrong with subject, preheader and articles."""
    yield from subjects.check(matter)
    for part in matter.parts:
        yield from references.check(part.article_id, part.text)
        if matter.sent_on is not None:
            yield from deadlines.check(part, matter.sent_on)
        yield from readability.check(part.article_id, part.text)
    yield from repeats.sentences_twice(matter.parts)
    yield from repeats.again(matter.parts)
    yield from repeats.names(matter.parts)
    yield from repeats.titles(matter.parts)
    yield from _without_block(matter)


def _without_block(matter: Matter) -> Iterator[Finding]:
    """Tell of regions without a block in one line: most months some have nothing, which is no fault."""
    if matter.without_block:
        yield Finding(
            "block",
            Severity.ADVICE,
            mark("Inget eget inslag i numret har {regions}. Lägg in ett, eller låt det vara."),
            {"regions": ", ".join(matter.without_block)},
        )
