"""What people read for the states of the ledger: one word each, the same in every page and command."""

from newsletter.language import mark
from newsletter.models import DeliveryState, LeftOutReason

#: Message ids, to be put through ``language._`` (see docs/glossary.md).
STATES = {
    DeliveryState.ACCEPTED: mark("Överlämnat"),
    DeliveryState.QUEUED: mark("I kö"),
    DeliveryState.SENDING: mark("Sänds"),
    DeliveryState.WAITING: mark("Väntar på nytt försök"),
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
    LeftOutReason.SUPPRESSED: mark("har en spärrad adress"),
    LeftOutReason.SHARED_ADDRESS: mark("läser samma brev som någon annan på adressen"),
    LeftOutReason.NO_CONTENT: mark("har inget inslag för sin region"),
}
