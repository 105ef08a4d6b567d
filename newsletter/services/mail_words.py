"""Words for mail that came in: what it is, and what was done about it."""

from collections.abc import Mapping

from newsletter.core.inbound.kinds import What
from newsletter.services.inboxes import View
from subscribers.errors import mark

#: What a mail is, in one or two words.
KINDS: Mapping[What, str] = {
    What.REPLY: mark("Svar"),
    What.ARTICLE: mark("Artikel"),
    What.UNSUBSCRIBE: mark("Avregistrering"),
    What.LEAVING: mark("Utträde"),
    What.NEW_ADDRESS: mark("Ny adress"),
    What.BOUNCE: mark("Studs"),
    What.COMPLAINT: mark("Anmäld som skräppost"),
    What.AUTOMATIC: mark("Autosvar"),
    What.UNKNOWN: mark("Okänt"),
}

VIEWS: Mapping[View, str] = {
    View.WAITING: mark("Väntar på svar"),
    View.MINE: mark("Dina"),
    View.UNOWNED: mark("Utan mottagare"),
    View.ALL: mark("Alla"),
}

#: What was done, by the word in ``InboundMail.outcome``.
OUTCOMES: Mapping[str, str] = {
    "": mark("Inget har gjorts av sig självt."),
    "forwarded": mark("Skickat vidare till den som ska svara."),
    "kept": mark("Väntar i inkorgen. Det har inte skickats vidare."),
    "draft": mark("Har blivit ett utkast till en artikel."),
    "block": mark("Har blivit regionens inslag, som är påbörjat."),
    "block kept": mark("Regionens inslag hade redan en text, och är inte ändrat."),
    "unsubscribed": mark("Listan är avslutad, och det är bekräftat till medlemmens egen adress."),
    "boomerang": mark("Ett brev till er själva som kom fram. Kontrollen jämför det med det som gick."),
    "trial": mark("Ett prov av avregistreringen som kom fram. Ingen har slutat få brev."),
    "asked": mark("Medlemmen har fått frågan, på sin egen adress, om listan ska avslutas."),
    "not asked": mark("Frågan om listan ska avslutas har redan gått i dag."),
    "unknown": mark("Ingen i registret har adressen. Inget har gjorts."),
    "proposed": mark("Den nya adressen står som förslag."),
    "answered": mark("Ett svar på ett brev vi hade skickat vidare. Brevet räknas som besvarat."),
    "filed": mark("Lagt åt sidan. Autosvar besvaras aldrig."),
    "stopped": mark("Adressen är spärrad, och personen står i listan över dem att ringa."),
    "held": mark("Flera adresser på domänen har studsat. De väntar på ditt besked."),
    "shown": mark("Brev går fortfarande till adressen, men personen står i listan över dem att ringa."),
    "noted": mark("Antecknat. Adressen spärras inte för en enda sådan studs."),
    "delayed": mark("Brevet är försenat, eller har gått fram. Inget behöver göras."),
    "note": mark("Ett kort brev, som en länk eller ett besked, kom tillbaka. Adressen spärras inte."),
    "no token": mark("Det går inte att bevisa vilket av våra brev det gäller. Inget har gjorts."),
    "erased": mark("Det gäller någon som är raderad. Inget har gjorts."),
    "complained": mark("Listan är avslutad och adressen spärrad."),
    "not spam": mark("Någon säger att brevet inte är skräppost. Inget behöver göras."),
    "has left": mark("Personen har slutat, enligt autosvaret. Det står i listan över dem att ringa."),
}
