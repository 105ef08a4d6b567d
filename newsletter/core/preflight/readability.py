"""How hard an article is to read: LIX (Björnsson 1968), long sentences and paragraphs, runs of capitals.

LIX is the mean number of words in a sentence plus the share of words of more than six letters, in per cent.
"""

import re
from collections.abc import Iterator

from newsletter.core.articles import ArticleText
from newsletter.core.preflight.findings import Finding, Place, Severity, mark
from newsletter.core.preflight.prose import Paragraph, paragraphs
from newsletter.core.preflight.references import short

#: From here on a text is called hard: as an official report.
HARD = 50
#: A shorter text says too little for a figure.
LEAST_WORDS = 60
LONG_SENTENCE = 40
LONG_PARAGRAPH = 150
_LONG_WORD = 7
_CAPITALS = 4

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")

#: What a figure below each limit means.
LEVELS = (
    (30, mark("mycket lätt, som en barnbok")),
    (40, mark("lätt, som en roman")),
    (50, mark("lagom, som en tidning")),
    (60, mark("svår, som en myndighets skrivelse")),
)
HARDEST = mark("mycket svår, som en lagtext")


def lix(article: ArticleText) -> int | None:
    """Return the figure for lead and body, rounded; None for a text too short to have one."""
    running = [each for each in paragraphs(article) if not each.heading]
    words = [word for each in running for word in _WORD.findall(each.text)]
    if len(words) < LEAST_WORDS:
        return None
    sentences = sum(len(each.sentences()) for each in running)
    hard = sum(len(word) >= _LONG_WORD for word in words)
    return round(len(words) / sentences + 100 * hard / len(words))


def level(figure: int) -> str:
    """Return what a figure means, as a message id."""
    return next((words for limit, words in LEVELS if figure < limit), HARDEST)


def check(article_id: int, article: ArticleText) -> Iterator[Finding]:
    """Find what makes an article harder to read than it need be."""
    figure = lix(article)
    if figure is not None and figure >= HARD:
        yield _advice(
            article_id,
            Place.BODY,
            mark(
                "”{title}” är svår att läsa: LIX {figure}, och en tidning har 40 till 50. Kortare "
                "meningar och ord hjälper."
            ),
            title=article.title,
            figure=figure,
        )
    for paragraph in paragraphs(article):
        yield from _paragraph(article_id, article.title, paragraph)


def _paragraph(article_id: int, title: str, paragraph: Paragraph) -> Iterator[Finding]:
    words = _WORD.findall(paragraph.text)
    if len(words) > LONG_PARAGRAPH:
        yield _advice(
            article_id,
            paragraph.place,
            mark(
                "Ett stycke i ”{title}” har {count} ord: ”{words}” Dela det, så är det lättare att "
                "läsa på en telefon."
            ),
            title=title,
            count=len(words),
            words=short(paragraph.text),
        )
    for sentence in paragraph.sentences():
        count = len(_WORD.findall(sentence))
        if count > LONG_SENTENCE:
            yield _advice(
                article_id,
                paragraph.place,
                mark("En mening i ”{title}” har {count} ord: ”{words}” Dela den."),
                title=title,
                count=count,
                words=short(sentence),
            )
    if run := _capitals(paragraph.text):
        yield _advice(
            article_id,
            paragraph.place,
            mark(
                "”{title}” har flera ord i följd med versaler: ”{words}” Skärmläsare kan stava dem. "
                "Skriv som vanligt."
            ),
            title=title,
            words=short(run),
        )


def _capitals(text: str) -> str:
    """Return the first run of several words in capitals."""
    found = re.search(rf"(?:\b[A-ZÅÄÖÉ]{{2,}}\b[ ,–-]*){{{_CAPITALS},}}", text)
    return found[0] if found else ""


def _advice(article_id: int, place: Place, sentence: str, **facts: str | int) -> Finding:
    return Finding("readability", Severity.ADVICE, sentence, facts, place, article_id)
