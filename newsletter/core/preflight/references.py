"""Words that point at something, a link, a file, a film or a person: it must be there.

Texts that come from a web page point at what stood beside them there: "i listan till höger", "klicka här".
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from newsletter.core.articles import ArticleText
from newsletter.core.preflight.findings import Finding, Place, Severity, mark
from newsletter.core.preflight.prose import Paragraph, paragraphs


def _pattern(source: str) -> re.Pattern[str]:
    """Compile a pattern in which a space stands for any run of spaces, and a line for an alternative."""
    lines = [line.strip() for line in source.strip().splitlines()]
    return re.compile("|".join(lines).replace(" ", r"\s+"), re.IGNORECASE)


#: What stands beside the text on a web page, and never in a mail of one column.
_BESIDE = _pattern(r"""
    \b(?:listan?|spalten|menyn|rutan|kolumnen|fältet|knappen) (?:här )?till (?:höger|vänster)\b
    \blänk(?:en|arna) (?:här )?till (?:höger|vänster)\b
    \b(?:listan?|spalten|menyn|rutan|kolumnen|fältet|knappen) (?:här )?(?:bredvid|ovan|längst upp)\b
    \b(?:till (?:höger|vänster)|längst upp|högst upp) på (?:sidan|webben|webbsidan|hemsidan)\b
    \bin the (?:right|left)[- ]hand (?:column|menu)\b
""")
_FILE = _pattern(r"""
    \bpdf(?:[:-]?(?:en|er|erna|n|fil|filen|dokumentet))?\b
    \bbifoga[dts]\w*\b
    \bbilag(?:a|an|or|orna)\b
    \bladda (?:ned|ner|hem)\b
    \b(?:attached|attachments?|download)\b
""")
_LINK = _pattern(r"""
    \b(?:klicka|tryck)\w* (?:upp|på länken|här|in dig)\b
    \bhär (?:finns )?hittar\b
    \bhär kan (?:du|ni) (?:läsa|se|höra|lyssna|anmäla|ladda)\b
    \bhär finns (?:\w+ ){0,3}?(?:referat|bild|film|program|länk|material|rapport|anmäl|inspelning)\w*
    \bläs (?:gärna )?(?:hela \w+|mer|mera|vidare|artikeln|intervjun|rapporten) här\b
    \bläs (?:gärna )?(?:hela \w+|mer|mera|vidare|artikeln) på (?:webben|hemsidan|webbplatsen|nätet)\b
    \bläs (?:mer|mera|vidare)\s*[!.:»>→]*$
    \b(?:via|på) (?:den här )?länken\b
    \blänk(?:en|ar|arna)? (?:nedan|här)\b
    \b(?:click|read more) here\b
    \bfollow the link\b
    ^(?:titta på|lyssna (?:på|till)|watch|listen to)\b
    ^hör (?!av\b|gärna av\b|till\b|ihop\b|hemma\b)
    ^se (?:filmen|sändningen|inspelningen|klippet|föreläsningen|seminariet|hela)\b
""")
_CONTACT = _pattern(r"""
    \b(?:kontakta|mejla|maila|ring|messa) (?:gärna )?(?:mig|oss|undertecknad|styrelsen|redaktionen|kansliet)\b
    \bhör (?:gärna )?av (?:dig|er)\b
    \b(?:contact|e-?mail|call|write to) (?:me|us)\b
""")
#: Rule, pattern and what to do. No link helps against the first: nothing stands beside the text of a mail.
_POINTING = (
    (
        "beside",
        _BESIDE,
        mark(
            "”{title}” säger ”{words}”, men i brevet står inget bredvid. Länka till det som menas, "
            "eller skriv om meningen."
        ),
    ),
    (
        "file",
        _FILE,
        mark(
            "”{title}” säger ”{words}”, men artikeln har varken fil eller länk där. Lägg till filen, "
            "eller skriv om meningen."
        ),
    ),
    (
        "link",
        _LINK,
        mark("”{title}” säger ”{words}”, men där finns ingen länk. Lägg in länken, eller skriv om meningen."),
    ),
)
#: An address or a telephone number as people write them.
_REACHED = re.compile(r"[\w.+-]+@[\w-]+\.\w|\b0\d{1,3}[ –-]?\d[\d –-]{4,}\d|\+\d{2}[\d ()–-]{6,}")
_FILES = (".pdf", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".zip")


def check(article_id: int, article: ArticleText) -> Iterator[Finding]:
    """Find what an article points at that is not there."""
    for paragraph in paragraphs(article):
        if not paragraph.heading:
            for sentence in paragraph.sentences():
                yield from _sentence(article_id, article, paragraph, sentence)
    yield from _contact(article_id, article)
    yield from _missing_files(article_id, article)
    yield from _missing_pictures(article_id, article)


def _sentence(article_id: int, article: ArticleText, paragraph: Paragraph, words: str) -> Iterator[Finding]:
    leads = bool(paragraph.addresses or article.links or _has_file(article, paragraph))
    for rule, pattern, sentence in _POINTING:
        if pattern.search(words) and (rule == "beside" or not leads):
            yield _finding(article_id, article, rule, paragraph.place, sentence, words)
            return


def _contact(article_id: int, article: ArticleText) -> Iterator[Finding]:
    whole = paragraphs(article)
    addresses = [link.url for link in article.links] + [a for each in whole for a in each.addresses]
    if any(a.startswith(("mailto:", "tel:")) for a in addresses) or any(map(_reaches, whole)):
        return
    for paragraph in whole:
        if found := _CONTACT.search(paragraph.text):
            sentence = mark(
                "”{title}” säger ”{words}”, men i artikeln står ingen adress och inget nummer. Skriv dit hur "
                "man gör."
            )
            yield _finding(article_id, article, "contact", paragraph.place, sentence, found[0])
            return


def _missing_files(article_id: int, article: ArticleText) -> Iterator[Finding]:
    sentence = mark("Bilagan ”{words}” till ”{title}” saknar fil. Lägg till filen, eller ta bort bilagan.")
    for attachment in article.attachments:
        if attachment.file is None:
            yield _finding(article_id, article, "file", Place.ATTACHMENTS, sentence, attachment.label)


def _missing_pictures(article_id: int, article: ArticleText) -> Iterator[Finding]:
    for picture in article.pictures:
        words = picture.caption or picture.credit
        if picture.file is None and words:
            yield Finding(
                "picture",
                Severity.ADVICE,
                mark(
                    "Bildtexten ”{words}” i ”{title}” står i brevet utan sin bild. Lägg till bilden, "
                    "eller ta bort den."
                ),
                {"title": article.title, "words": short(words)},
                Place.PICTURES,
                article_id,
            )


def _reaches(paragraph: Paragraph) -> bool:
    return _REACHED.search(paragraph.text) is not None


def _has_file(article: ArticleText, paragraph: Paragraph) -> bool:
    linked = (urlsplit(address).path.lower() for address in paragraph.addresses)
    return any(each.file for each in article.attachments) or any(path.endswith(_FILES) for path in linked)


def _finding(
    article_id: int, article: ArticleText, rule: str, place: Place, sentence: str, words: str
) -> Finding:
    facts = {"title": article.title, "words": short(words)}
    return Finding(rule, Severity.WARNING, sentence, facts, place, article_id)


def short(text: str, most: int = 90) -> str:
    """Return the beginning of a text, enough to find it again."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[:most].rpartition(" ")[0].rstrip(" ,.–") + " …"
