"""What a trial of leaving a list found, in words: what it means for members, and what to ask of whom."""

from newsletter.core.unsubscribe_trials import Click, Mailed
from subscribers.errors import mark

#: What the one-click address answered, and what to do about it.
CLICKS = {
    Click.WORKS: (mark("Avregistrering med ett klick fungerar."), ""),
    Click.REDIRECTED: (
        mark("Adressen skickar vidare till en annan, och det följer inga brevprogram."),
        mark(
            "Säg till webbhotellet: POST till {address} får inte svara med en omdirigering. Ofta är det "
            "http som skickas till https, eller ett www framför: ändra då BASE_URL till den sista adressen."
        ),
    ),
    Click.REFUSED: (
        mark("Något framför Rundbrev stoppar klicket."),
        mark(
            "Säg till webbhotellet: POST till {address} ska släppas fram utan inloggning, kakor eller "
            "robotkontroll. Det är brevprogram som ställer frågan, inte människor."
        ),
    ),
    Click.ANOTHER_PAGE: (
        mark("Adressen svarar, men det är inte Rundbrev som gör det."),
        mark(
            "Säg till webbhotellet: {address} ska gå till Rundbrev. Stämmer inte adressen, så ändra BASE_URL."
        ),
    ),
    Click.NO_ANSWER: (
        mark("Adressen svarar inte."),
        mark(
            "Säg till webbhotellet: {address} ska gå att nå utifrån, med ett giltigt certifikat. Kontrollera "
            "också att BASE_URL stämmer."
        ),
    ),
}

#: Where the mail to the mailto address is, and what to do about it.
MAILS = {
    Mailed.WORKS: (mark("Avregistrering med mejl fungerar."), ""),
    Mailed.NOT_SET_UP: (
        mark("Ingen adress läses av Rundbrev, så breven erbjuder ingen avregistrering med mejl."),
        mark(
            "Det går bra ändå: länken och klicket räcker. Vill ni ha vägen, så ange INBOUND_ADDRESS enligt "
            "driftguiden."
        ),
    ),
    Mailed.WAITING: (mark("Provmejlet väntar på att mejlservern ska ta det."), ""),
    Mailed.NOT_TAKEN: (
        mark("Mejlservern har inte tagit provmejlet."),
        mark(
            "Se att Rundbrev är igång (rundbrev serve) och prova anslutningen på föreningens sida. Säg "
            "annars till mejlleverantören att brev till {inbound} inte tas emot."
        ),
    ),
    Mailed.UNDERWAY: (mark("Provmejlet är på väg. Det brukar ta några sekunder, ibland några minuter."), ""),
    Mailed.LOST: (
        mark("Mejlservern tog provmejlet, men det har inte kommit till Rundbrev."),
        mark(
            "Säg till mejlleverantören: brev till {inbound} ska komma till brevlådan som Rundbrev läser, "
            "eller lämnas över direkt. Titta i skräpposten. Inställningarna heter INBOUND_ och står i "
            "driftguiden."
        ),
    ),
}
