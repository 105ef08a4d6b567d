"""What the writer of a reply said, without what they answered, their signature and a disclaimer.

Avregistrera mig tack!          <- kept
Mvh Anna                        <- a signature
Den 3 mars skrev Föreningen:    <- from here on it is ours
> Hej! ...
"""

import re

_DAYS = "mån|tis|ons|tors?|fre|lör|sön|ma|ti|ke|to|pe|la|su|tirs?|lør|søn"
_PASSED_ON = "original|ursprung|vidarebef|alkuper|opprinn|oprind|forward|videres|välit"
#: Lines that begin what is answered or passed on; what follows them is not the writer's.
_QUOTED_FROM = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\s*(?:-{{2,}}|_{{5,}})\s*(?:{_PASSED_ON})[\w \-]*(?:-{{2,}}|_{{5,}})?\s*",
        r"\s*_{10,}\s*",
        r"\s*(?:från|from|fra|lähettäjä)\s*:\s*\S.*",
        r"\s*\*?(?:från|from|fra|lähettäjä):\*?\s.*",
        r"\s*(?:den|on|am|le|op)\b.{4,200}(?:skrev|wrote|kirjoitti|schrieb|a écrit)\b.{0,200}:\s*",
        r"\s*.{4,200}(?:\bskrev|\bwrote|\bkirjoitti|\bhar skrevet|\bskrifaði)\b.{0,120}:\s*",
        rf"\s*(?:{_DAYS})\.?\w*[ ,].{{4,120}}\bkl(?:o|\.)?\b.{{0,120}}:\s*",
        r"\s*\d{4}-\d\d-\d\d.{0,60}<[^<>]+@[^<>]+>:?\s*",
        r"\s*begin forwarded message:?\s*",
        r"\s*(?:vidarebefordrat|forwarded) (?:brev|meddelande|message)\b.*",
    )
)
#: Two lines of a wrapped "Den ... skrev ...:" that only together are one.
_WRAPPED = re.compile(
    r"\s*(?:den|on|mån|tis|ons|tors?|fre|lör|sön|ma|ti|ke|to|pe|la|su)\b.{4,250}(?:skrev|wrote|kirjoitti)\b.{0,200}:\s*",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"\s*(?:-- ?|—|__+|\*\*+)\s*"
    r"|\s*(?:skickat|skickades|sent|sendt|lähetetty|sendt) (?:från|fra|from|via|med|iphonesta|ipadista"
    r"|laitteesta|min|mobil)\b.*"
    r"|\s*(?:hämta|get|hanki|hent) outlook (?:för|for|til)\b.*",
    re.IGNORECASE,
)
#: How people end; what stands on the line after it is a name.
_FAREWELL = re.compile(
    r"\s*(?:m\.?v\.?h\.?|vh|mvh|h[äe]lsn(?:ing(?:ar)?)?"
    r"|(?:med )?(?:vänliga?|bästa|varma|hjärtliga|många|soliga) h[äe]lsning(?:ar)?|med vänlighet|hälsar"
    r"|allt gott|kram(?:ar)?|ha det (?:bra|fint|gott)"
    r"|(?:best|kind|warm)(?: regards| wishes)?|regards|sincerely|yours|cheers"
    r"|(?:ystävällisin |parhain )?terveisin|t\.|(?:med )?(?:vennlig|venlig|beste|bedste|mange) hils(?:en|ner)"
    r"|vennlig hilsen|hilsen|mh|dbh|mvh)\b[ ,!.:/]*(?P<name>.*)",
    re.IGNORECASE,
)
_DASHED_NAME = re.compile(r"\s*(?://?|[-–—~])\s*(?P<name>[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,3})\s*")
_DISCLAIMER = re.compile(
    r"\s*(?:detta (?:e-?post|mejl|mail|meddelande)\S* (?:är|kan|och|innehåller)"
    r"|this (?:e-?mail|message) (?:is|and|may)|information(?:en)? i detta"
    r"|när du (?:skickar|kommunicerar|mejlar)|vi behandlar (?:dina )?personuppgifter"
    r"|läs (?:mer )?om hur vi behandlar|tänk på miljön|please consider the environment|confidential"
    r"|tämä viesti on"
    r"|så här behandlar vi)\b.*",
    re.IGNORECASE,
)


def own_words(text: str) -> str:
    """Return what the writer of a mail said, in lines; "" where everything is quoted.

    ``text`` is the mail's plain text with LF. A mail whose answer stands below or between what it answers
    keeps the lines that are not marked as quoted.
    """
    lines = [line.replace("\u00a0", " ").rstrip() for line in text.splitlines()]
    kept = _without_quoted(lines)
    return "\n".join(_without_signature(kept)).strip()


def _without_quoted(lines: list[str]) -> list[str]:
    """Drop what is marked with ">", and everything from the line that begins what is answered."""
    kept: list[str] = []
    for number, line in enumerate(lines):
        if line.lstrip().startswith((">", "|")):
            continue
        if _begins_quote(lines, number):
            # Somebody who answers below has written nothing above, and marks what is quoted with ">".
            rest = lines[number + 1 :]
            below = any(other.lstrip().startswith(">") for other in rest) and not any(map(str.strip, kept))
            if not below:
                break
            continue
        kept.append(line)
    return kept


def _begins_quote(lines: list[str], number: int) -> bool:
    line = lines[number]
    if not line or len(line) > 400:
        return False
    if any(pattern.fullmatch(line) for pattern in _QUOTED_FROM):
        return True
    pair = f"{line} {lines[number + 1].strip()}" if number + 1 < len(lines) else ""
    return bool(pair and len(pair) < 500 and _WRAPPED.fullmatch(pair))


def _without_signature(lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        said_something = any(map(str.strip, lines[:number]))
        if _SIGNATURE.fullmatch(line) or _DISCLAIMER.fullmatch(line):
            return lines[:number]
        if not said_something:
            continue
        farewell = _FAREWELL.fullmatch(line) or _DASHED_NAME.fullmatch(line)
        if farewell and len(farewell["name"].split()) <= 4:
            return lines[:number]
    return lines
