"""Complaints: a provider says that somebody pressed "this is spam" (ARF, RFC 5965; rule A1)."""

from dataclasses import dataclass

from newsletter.core.inbound.bounces import blocks_of, returned_header
from newsletter.core.inbound.mail import Mail, decoded


@dataclass(frozen=True, slots=True)
class Complaint:
    """A feedback report. ``type`` is its Feedback-Type in lower case: ``abuse``, ``not-spam``, ``fraud`` ...

    Whose letter it was is told by our token in ``returned``, the header of the letter as it came back: the
    address is often made illegible (RFC 6590).
    """

    type: str
    returned: str

    @property
    def is_against_us(self) -> bool:
        """Whether somebody wants no more; ``not-spam`` says the contrary (RFC 6430)."""
        return self.type != "not-spam"


def read(mail: Mail) -> Complaint | None:
    """Read a feedback report; None for any other mail."""
    for block in blocks_of(mail.message, "message/feedback-report"):
        if kind := decoded(block.get("Feedback-Type", "")).strip().lower():
            return Complaint(kind, returned_header(mail))
    return None
