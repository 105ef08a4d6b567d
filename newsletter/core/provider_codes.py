"""What a refusal says beyond its letter, by the codes and words that the large providers use. Mostly data.

    Google     4.7.23-32, 4.7.40   rated down for what our set-up lacks; 4.7.28: too many at once
               5.7.25-30, 5.7.40   the same, and the letter is lost
    Microsoft  4.7.500, 4.7.650-659, 5.7.515, 5.7.606-649, (S3140), (S3150), (S775), RP-001 and its like
    Yahoo      [TSS04], [TS01] and its like; Apple [CS01]
    relays     the quota of our own account there: by the hour, the day, the second

A relay that takes a letter first and passes it on later answers 250, whatever the receiver then says. One
that passes it on while we wait hands the receiver's own words on, so words count more than who said them.
"""

import re
from enum import Enum

from newsletter.core.replies import Meaning, NoReply, Reply


class Slows(Enum):
    """Who wants fewer letters, or none until something is mended. None of it is the addressee's fault."""

    NOBODY = "nobody"
    RECEIVER = "receiver"  # whoever receives the mail of that domain
    RELAY = "relay"  # the server that we hand letters to


_TEMPORARY = {23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 40, 500, *range(650, 660)}
_PERMANENT = {25, 26, 27, 28, 29, 30, 32, 40, 515, *range(606, 650)}

#: Our account at the relay has sent what it may.
_QUOTA = re.compile(
    r"throttling failure|maximum sending rate|sender thread limit"
    r"|daily (?:message|user sending|sending) (?:quota|limit)"
    r"|(?:max|maximum) (?:emails|messages|defers and failures) (?:allowed )?per (?:hour|day)"
    r"|(?:hourly|daily|sending|submission|outgoing|outbound|sender)(?: mail| e?-?mail| message)?"
    r" (?:quota|limit|rate)[a-z ]{0,20} (?:exceeded|reached)"
    r"|exceeded (?:your|the|its)[a-z ]{0,20} (?:sending|hourly|daily) (?:quota|limit)",
    re.IGNORECASE,
)

#: Words of receivers who count what comes from us.
_RECEIVER = re.compile(
    r"\[(?:TSS?|CS|RL|IR)[0-9]{2}\]|\b(?:RP|SC|DY|OU)-00[1-9]\b|\(S(?:3140|3150|775|844)\)"
    r"|unusual rate|temporarily rate limited|rate limited due to|unexpected volume"
    r"|too many (?:messages|mails|emails|recipients) (?:from|in|received)|sending too (?:fast|many|quickly)",
    re.IGNORECASE,
)

#: RFC 3463 3.3: what has to do with one mailbox. Google's 4.2.1 says that this person gets too much mail.
_MAILBOX = 2
_QUOTA_STATUS = (5, 4, 5)  # Google's: the daily limit of the account that we send with


def slows(reply: Reply | NoReply) -> Slows:
    """Tell who wants fewer letters by this reply to a letter; nobody by one that accepts it.

    A 421 without such words, and a line that breaks, are for the pool of connections to deal with.
    """
    if isinstance(reply, NoReply) or reply.meaning is Meaning.ACCEPTED:
        return Slows.NOBODY
    if _QUOTA.search(reply.text) or reply.enhanced == _QUOTA_STATUS:
        return Slows.RELAY
    if reply.enhanced is not None and reply.enhanced[1] == _MAILBOX:
        return Slows.NOBODY
    if _is_told_by_status(reply) or _RECEIVER.search(reply.text):
        return Slows.RECEIVER
    return Slows.NOBODY


def _is_told_by_status(reply: Reply) -> bool:
    if reply.enhanced is None or reply.enhanced[1] != 7:
        return False
    return reply.enhanced[2] in (_TEMPORARY if reply.meaning is Meaning.TEMPORARY else _PERMANENT)
