"""What people read for the states of the ledger: one word each, the same in every page and command."""

from newsletter.core.notices import Standing
from newsletter.core.outcomes import NO_SMTPUTF8, PACED, SLOWED, TOO_LARGE
from newsletter.language import _, mark
from newsletter.models import DeliveryState, LeftOutReason

#: Message ids, to be put through ``language._`` (see docs/glossary.md).
STATES = {
    DeliveryState.ACCEPTED: mark("Överlämnat"),
    DeliveryState.QUEUED: mark("I kö"),
    DeliveryState.SENDING: mark("Sänds"),
    DeliveryState.WAITING: mark("Väntar"),
    DeliveryState.REFUSED: mark("Avvisat"),
    DeliveryState.UNKNOWN: mark("Ovisst: kan ha gått fram"),
    DeliveryState.WITHDRAWN: mark("Återkallat"),
    DeliveryState.LEFT_OUT: mark("Utelämnat"),
}

REASONS = {
    LeftOutReason.DECEASED: mark("är avliden"),
    LeftOutReason.NO_ADDRESS: mark("saknar e-postadress"),
    LeftOutReason.NOT_SUBSCRIBED: mark("har inte bett om listan"),
    LeftOutReason.UNSUBSCRIBED: mark("har tackat nej"),
    LeftOutReason.PAUSED: mark("har pausat"),
    LeftOutReason.SUPPRESSED: mark("har en spärrad adress"),
    LeftOutReason.SHARED_ADDRESS: mark("läser samma brev som någon annan på adressen"),
    LeftOutReason.NO_CONTENT: mark("har inget inslag för sin region"),
}

#: How a member stands to a notice.
STANDINGS = {
    Standing.ACCEPTED: mark("Överlämnat"),
    Standing.ON_ITS_WAY: mark("På väg"),
    Standing.UNKNOWN: mark("Ovisst: kan ha gått fram"),
    Standing.REFUSED: mark("Avvisat"),
    Standing.BOUNCED: mark("Studsade"),
    Standing.SUPPRESSED: mark("Spärrad adress"),
    Standing.NO_ADDRESS: mark("Saknar e-postadress"),
    Standing.NOT_SENT: mark("Inte skickat"),
    Standing.DECEASED: mark("Avliden"),
}


def said(reply: str) -> str:
    """Return the last word on a letter for people: a server's as it stands, our own as a sentence."""
    if reply == f"553 5.6.7 {NO_SMTPUTF8}":
        return _(
            "Rundbrev avvisade brevet självt: nästa server kan inte ta emot adresser med å, ä, ö eller "
            "liknande före @ (SMTPUTF8)."
        )
    ours, found, octets = reply.partition(f"552 5.3.4 {TOO_LARGE}")
    if found and not ours:
        return _(
            "Rundbrev avvisade brevet självt: det är större än vad nästa server tar emot ({octets} byte)."
        ).format(octets=octets)
    return _paced(reply) or reply


def _paced(reply: str) -> str:
    """Return for people why a letter waits for a receiving domain; "" where it does not."""
    for ours, word in (
        (SLOWED, mark("{domain} vill ha färre brev just nu. Brevet går av sig självt senare.")),
        (PACED, mark("Brevet väntar på sin tur: så många i taget går till {domain}.")),
    ):
        if reply.startswith(ours):
            return _(word).format(domain=reply.removeprefix(ours))
    return ""
