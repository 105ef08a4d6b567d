"""What importers and checks know of Swedish: closed classes of words, months, stems.

Nothing here names an association, a person or a subject, so that it holds for any newsletter.
"""

import re
from datetime import date
from functools import lru_cache

#: Scripts whose direction a mail must know, and the language they are taken for.
_SCRIPTS = (("ar", re.compile("[\u0600-\u06ff]")), ("he", re.compile("[\u0590-\u05ff]")))


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MONTHS = (
    "januari februari mars april maj juni juli augusti september oktober november december",
    "january february march april may june july august september october november december",
    "jan feb mar apr maj jun jul aug sep okt nov dec",
    "jan feb mar apr may jun jul aug sept oct nov dec",
)
_MONTH_NUMBERS = {name: number for names in _MONTHS for number, name in enumerate(names.split(), 1)}
#: Any name of a month, in Swedish or English, as a pattern.
MONTH = "|".join(sorted(_MONTH_NUMBERS, key=len, reverse=True))

#: A whole date with its year, the way Swedes write it. Groups: iso, or day, month and year.
DATE = (
    r"(?P<iso>\d{4}-\d{2}-\d{2})"
    rf"|(?P<day>\d{{1,2}})\.?\s+(?P<month>{MONTH})\.?\s+(?P<year>\d{{4}})"
)
_WEEKDAY = r"(?:mån|tis|ons|tors|fre|lör|sön)(?:dag)?(?:en)?\b"
#: The beginning of an entry in a calendar: a day, a weekday or a time.
ENTRY = re.compile(
    rf"(?:{_WEEKDAY}\.?\s+(?:den\s+)?\d|(?:mån|tis|ons|tors|fre|lör|sön)dag(?:ar)?:|\d{{1,2}}(?:[–-]\d{{1,2}})?\s+(?:{MONTH})\b"
    r"|\d{1,2}/\d{1,2}\b|(?:kl|klockan)\b\.?\s*\d|\d{1,2}[.:]\d{2}\b|v\.?\s?\d{1,2}\b|vecka\s\d)",
    re.IGNORECASE,
)

_DATE = re.compile(DATE, re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:[-:’'][^\W_]+)*")
#: Words without a subject of their own; the names of days and seasons are among them.
_STOP = _set_of("""
    och att det som en på är av för med till den har de inte om ett han men var jag sig från vi så
    kan när år man nu efter in upp ut där vad sedan över vid kommer sin här mot alla andra under då
    eller vill också skulle hade ska skall deras denna dessa detta du hans hennes hon honom i ja nej
    mycket mer mest många måste ni nog någon något några oss sina sitt själv utan varje vara varit
    vårt våra vår än ännu bli blir blev blivit både dem dess dig din dina ditt er era ert få får
    fått genom hur inom kring mellan mig min mina mitt samma samt sådan ta tar två tre utifrån vilka
    vilken vilket åt även bland bara ändå allt annat redan ge ger gör göra gjort finns finnas ha
    haft via per cirka ca bl a t ex mm m fl osv dock ju hos året dag dagen vecka veckan månad
    månaden våren sommar sommaren höst hösten vinter vintern idag igår måndag tisdag onsdag torsdag
    fredag lördag söndag januari februari mars april maj juni juli augusti september oktober
    november december nytt nya ny the of and to is for on with that by at from as it this be are was
    an or we our you your
""")
_SUFFIXES = tuple("""
    arnas ernas ornas andet arens heten heter arna erna orna andes ades aren arne aste andet iska
    iskt ande ades ens ets ers ars ors ans ade are ast ena ene het ien iet isk ing lig en et ar er
    or an as es at na ns ts a e s t n
""".split())  # fmt: skip  # noqa: SIM905
#: Finite verbs that headlines and short sentences are made of (present and past).
_VERBS = _set_of("""
    är var har hade blir blev ska skall skulle kan kunde får fick vill ville går gick gör gjorde ger
    gav tar tog kommer kom säger sade sa ser såg står stod ligger låg finns fanns bör måste kräver
    krävde söker sökte lämnar väljer valde inviger höjer höjde sänker sänkte ökar minskar stärker
    bryter bröt möter mötte vinner vann förlorar tävlar spelar bjuder bjöd startar öppnar stänger
    flyttar bygger byggde lägger lade sätter satte visar visade varnar larmar föreslår föreslog
    beslutar antar tackar firar fyller fyllde deltar deltog leder ledde håller höll hjälper drabbar
    påverkar förebygger förändrar utvecklar behöver behövde tycker tyckte berättar svarar frågar
    skriver skrev läser läste lär pekar anser ansåg menar vet visste tror trodde hoppas fortsätter
    fortsatte växer växte klarar gäller gällde drar drog slår slog bär bar når nådde hittar ställer
    ställde kostar säljer sålde köper köpte utses utsågs delas prisas hyllas belönas väntar stöder
    stödjer röstar granskar utreder inför införde avgår tillträder satsar siktar jobbar arbetar
    samlar engagerar skapar ersätter ersattes hotar hotas saknas saknar stoppar räddar rustar driver
    drev gynnar prioriterar lyfter lyfte laddar lockar växlar byter bytte sitter satt lever levde
    dör dog föds ses syns hörs känns räcker nekas godkänns kopplar målar minns ordnar arrangerar
    summerar presenterar rapporterar lanserar publicerar avslöjar
""")
#: How headlines that leave out "är" or "har" end or turn: ”Plattformen invigd”, ”Tränare sökes”.
_PARTICIPLES = _set_of("""
    invigd invigt klar klart klara antagen antagna vald valda omvald utsedd öppen öppet öppna
    inställd inställt inställda fullbokad fullbokat försenad uppskjuten lagad sökes efterlyses
    utlyst nominerad prisad belönad
""")
_ONLY_SWEDISH = _set_of("och att det som på är av för med till har inte om ett vi så kan du hur vad från")
_ONLY_ENGLISH = _set_of("the of and to is that with by as it this are was or our you your from have be")
_PAST = re.compile(r"\w{3,}(?:ade|ades|erar|erade|eras)$")
_FIRST_PERSON = re.compile(r"\b(?:jag|mig|min|mitt|mina)\b", re.IGNORECASE)


def words(text: str) -> list[str]:
    """Return the words of a text as they are written, without punctuation."""
    return _WORD.findall(text)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return a rough stem, lower case: enough for ”rådsmötet” to meet ”rådsmöten”. Not for display."""
    low = word.lower().removesuffix(":s").removesuffix(":n").removesuffix(":t")
    for suffix in _SUFFIXES:
        if low.endswith(suffix) and len(low) - len(suffix) >= 4:
            return low[: -len(suffix)]
    return low


def stems(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order: no stop words, no lone letters."""
    return [stem(word) for word in words(text) if len(word) > 1 and word.lower() not in _STOP]


def has_finite_verb(text: str) -> bool:
    """Tell whether a short text is a clause: it has a verb that is not its first word."""
    return any(
        word.lower() in _VERBS or word.lower() in _PARTICIPLES or _PAST.match(word)
        for word in words(text)[1:]
    )


def speaks_of_itself(text: str) -> bool:
    """Tell whether someone writes in the first person."""
    return _FIRST_PERSON.search(text) is not None


def find_date(text: str) -> date | None:
    """Return the first whole date in the text; None when there is none, or none that exists."""
    found = _DATE.search(text)
    return date_of(found) if found else None


def date_of(found: re.Match[str]) -> date | None:
    """Return the date that a match of ``DATE`` stands for; None when there is no such day."""
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        return date(int(found["year"]), _MONTH_NUMBERS[found["month"].lower()], int(found["day"]))
    except ValueError:
        return None


def language_of(text: str) -> str:
    """Return ``sv`` or ``en``, by their small words; ``ar`` or ``he`` by their letters; ``sv`` in doubt."""
    found = [word.lower() for word in words(text[:20_000])]
    swedish = sum(word in _ONLY_SWEDISH for word in found)
    english = sum(word in _ONLY_ENGLISH for word in found)
    if not swedish and not english:
        return next((code for code, script in _SCRIPTS if len(script.findall(text)) * 2 > len(text)), "sv")
    return "en" if english > swedish else "sv"
