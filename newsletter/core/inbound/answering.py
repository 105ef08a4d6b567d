"""Which mail a machine of ours may answer, and how the answer names it (RFC 3834, RFC 5322 3.6.4; rule U10).

Only what a person wrote, or had their mail program write to us alone, is answered. So two machines never
talk to each other: what we send says that a machine sent it, and is never answered here.
"""

from newsletter.core.inbound import automatic
from newsletter.core.inbound.mail import Mail

#: Message ids that an answer names: those of a long conversation's beginning and end.
_MOST_IDS = 12
#: Octets of one that are quoted: a line holds 998.
_LONGEST_ID = 250
#: Values of X-Auto-Response-Suppress with which Exchange asks for no answer by a machine.
_UNWANTED = ("all", "autoreply", "oof")


def may_answer(mail: Mail, *, null_sender: bool) -> bool:
    """Tell whether a machine may answer a mail: none of machines or lists, none that asks for silence."""
    if automatic.is_automatic(mail, null_sender=null_sender):
        return False
    if any(name.lower().startswith("list-") for name in mail.message):
        return False
    wishes = mail.value("X-Auto-Response-Suppress").lower().replace(";", ",").split(",")
    return not any(wish.strip() in _UNWANTED for wish in wishes)


def references(mail: Mail) -> str:
    """Return the ids that an answer's References holds, the mail's own last; "" for a mail without one.

    Ids that no mail of ours can carry are left out.
    """
    own = _fit(mail.message_ids("Message-ID"))[:1]
    if not own:
        return ""
    before = _fit(mail.message_ids("References")) or _fit(mail.message_ids("In-Reply-To"))[:1]
    earlier = [each for each in before if each not in own]
    kept = [*earlier[:1], *earlier[1:][-(_MOST_IDS - 2) :]]
    return " ".join([*kept, *own])


def _fit(ids: list[str]) -> list[str]:
    fit = (each for each in ids if each.isascii() and each.isprintable() and len(each) <= _LONGEST_ID)
    return list(dict.fromkeys(fit))
