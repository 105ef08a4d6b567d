"""Lines of the web page or mail program around a text: known by what they say, never by where they stand.

Only whole lines are recognised, so that a sentence that happens to speak of cookies or comments stays.
"""

import re
from collections.abc import Sequence

from newsletter.importing.lines import Line, bare, ends_sentence

_NETWORKS = (
    r"(?:facebook|twitter|x|linkedin|instagram|whatsapp|mastodon|bluesky|messenger|pinterest|reddit"
    r"|e-?post|email|mejl)"
)


def _any_of(patterns: str) -> re.Pattern[str]:
    """Compile patterns that stand one on each line; lines that begin with # are remarks."""
    lines = (line.strip().replace("NETWORK", _NETWORKS) for line in patterns.strip().splitlines())
    return re.compile("|".join(line for line in lines if line and not line.startswith("#")), re.IGNORECASE)


_SURE = _any_of(r"""
    # moving about on the page
    (?:(?:rulla|hoppa|gå|åter|tillbaka|upp) )?till (?:sidans )?(?:toppen|top)(?: av sidan)?
    (?:scroll|back|go|return) to (?:the )?top
    (?:hoppa|gå) (?:direkt )?till (?:huvud)?innehåll(?:et)?
    skip to (?:main )?content
    huvudmeny|navigering|navigation|sidfot|öppna meny|stäng meny|sök (?:på webbplatsen|efter:)
    (?:startsida|start|hem|home)(?: ?[»›>/|→] ?.{1,80})+
    [«‹←]+ ?.{1,100}
    (?:äldre|nyare|föregående|nästa) (?:inlägg|nyhet|nyheter|artikel|sida)
    (?:previous|next|older|newer) (?:posts?|page)
    (?:.{0,100}\b)?(?:läs mer|läs vidare|läs artikeln|fortsätt läsa|visa mer|visa alla) ?(?:»|›|>|→|…)+
    (?:.{0,100}\b)?(?:read more|continue reading) ?(?:»|›|>|→|…)+
    läs mer om [\"”].{1,100}[\"”] ?(?:»|›|>|→|…)*
    (?:läs mer|läs vidare|fortsätt läsa|read more|continue reading|visa mer|visa fler)\.?
    read more about [\"”“].{1,150}[\"”]
    # sharing and printing
    dela(?: (?:detta|den här (?:sidan|artikeln)|nyhet(?:en)?|inlägget|artikeln|sidan)):?
    share this:?|gilla detta:?|like this:?|laddar in ?(?:…|\.\.\.)|kopiera länk(?:en)?
    dela på .{1,40} \(öppnas i .{1,30}\)
    (?:dela|share|tipsa|följ oss|follow us)(?: (?:på|via|med|on))? NETWORK
    NETWORK(?: ?[|/,·•] ?NETWORK)+
    skriv ut (?:den här )?sidan|print this page|lyssna på sidan
    # what follows an article on a blog
    (?:relaterade|liknande) (?:inlägg|artiklar|nyheter|poster)|related (?:posts|articles)|mer från bloggen
    (?:\d+|inga|en) ?kommentar(?:er)?:?|(?:no|\d+) comments?|skicka en kommentar
    (?:lämna|skriv) (?:ett svar|en kommentar)|leave a (?:reply|comment)|avbryt svar
    din e-postadress kommer inte (?:att )?publiceras\..*
    obligatoriska fält är märkta ?\*
    (?:kommentarer (?:inaktiverade|är stängda)|comments (?:are closed|off))\b.{0,80}
    (?:kategori(?:er)?|taggar?|etiketter|tags|categories|arkiv|månadsarkiv) ?:.{0,120}
    (?:publicerad |postad )+i .{1,120}|posted (?:in|on|by) .{1,100}|postat av .{1,80}
    inlägg av .{1,60}|skapad av .{1,60}|visningar:? ?\d+|lästid:? ?\d+ min\.?
    # cookies and rights
    (?:vi|den här (?:sidan|webbplatsen)|denna (?:sida|webbplats)) använder (?:cookies|kakor)\b.{0,300}
    we use cookies\b.{0,300}
    (?:genom att fortsätta|by continuing) .{0,120}(?:cookies|kakor)\b.{0,150}
    (?:acceptera|godkänn|neka|hantera|avvisa|accept|reject)(?: alla| all)?(?: (?:cookies|kakor))?
    cookieinställningar|om (?:cookies|kakor)|integritetspolicy|personuppgiftspolicy|privacy policy
    tillgänglighetsredogörelse|webbkarta|sitemap|rss
    (?:copyright|©|\(c\)).{0,120}
    .{0,60}alla rättigheter förbehållna\.?|all rights reserved\.?|powered by .{1,60}
    webbplatsen drivs (?:av|med) .{1,60}
    # letters as mail
    (?:ser du inte|kan du inte läsa|problem att läsa) .{1,60}
    (?:visa|öppna|läs) (?:brevet |mejlet |nyhetsbrevet )?i (?:din )?webbläsare(?:n)?\.?
    view (?:this email )?in (?:your )?browser
    avregistrera(?: dig)?(?: här)?\.?|avsluta prenumeration(?:en)?\.?|unsubscribe|avprenumerera(?: här)?\.?
    (?:prenumerera|anmäl dig)(?: på| till) (?:vårt |våra )?nyhetsbrev(?:et)?\.?
    logga (?:in|ut)|inloggning\b.{0,40}|log ?in
""")
#: Words that could also be a heading: taken only beside a line that is surely of the page.
_UNSURE = _any_of(r"""
    NETWORK|meny|menu|sök|search|stäng|close|start|hem|home|dela|share|gilla|svara|skriv ut|print|lyssna
    tweeta?|tipsa en vän|följ oss(?: på)?|kommentarer|kommentera|nästa|föregående|next|previous
    kontakt|om oss|nyheter|arkiv
""")
#: After these come the titles of other pages, with no text below them.
_RELATED = _any_of(r"""
    (?:relaterade|liknande|fler|senaste|andra) (?:inlägg|artiklar|nyheter|poster)
    related (?:posts|articles)|mer från bloggen
""")
_LONGEST = 500


def find(lines: Sequence[Line]) -> set[int]:
    """Return the places (indexes) of the lines that belong to the page and not to the text."""
    found = {place for place, line in enumerate(lines) if is_chrome(line.text)}
    for order in (range(len(lines)), reversed(range(len(lines)))):
        for place in order:
            if (place - 1 in found or place + 1 in found) and _UNSURE.fullmatch(bare(lines[place].text)):
                found.add(place)
    return found | _titles_of_others(lines, found)


def is_chrome(text: str) -> bool:
    """Tell whether a whole line says what web pages and mail programs say around a text."""
    return len(text) <= _LONGEST and _SURE.fullmatch(bare(text)) is not None


def _titles_of_others(lines: Sequence[Line], found: set[int]) -> set[int]:
    """Take the short lines after "related posts", if no text follows them before the page ends."""
    texts = (place for place, line in enumerate(lines) if place not in found and _is_body(line.text))
    after_text = range(max(texts, default=-1) + 1, len(lines))
    start = next((place for place in after_text if _RELATED.fullmatch(bare(lines[place].text))), None)
    return set() if start is None or start == len(lines) - 1 else set(range(start, len(lines)))


def _is_body(text: str) -> bool:
    return len(text.split()) > 16 or (ends_sentence(text) and text[-1] in ".:")
