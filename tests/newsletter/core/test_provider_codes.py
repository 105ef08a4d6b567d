"""What the large providers mean by their codes (rule P13), in words as they send them."""

import pytest

from newsletter.core.provider_codes import Slows, slows
from newsletter.core.replies import NoReply, Reply

RECEIVER = [
    (421, "4.7.28 Gmail has detected an unusual rate of unsolicited mail. To protect our users from spam"),
    (450, "4.7.28 x"),
    (421, "4.7.0 Our system has detected an unusual rate of mail originating from your IP address"),
    (421, "4.7.23 x"),
    (421, "4.7.26 x"),
    (421, "4.7.27 x"),
    (421, "4.7.29 x"),
    (421, "4.7.30 Your email has been rate limited because DKIM authentication didn't pass"),
    (421, "4.7.31 x"),
    (421, "4.7.32 Your email has been rate limited because it is not aligned"),
    (550, "5.7.25 The IP address sending this message does not have a PTR record"),
    (550, "5.7.26 Your email has been blocked because the sender is unauthenticated"),
    (550, "5.7.27 x"),
    (550, "5.7.28 x"),
    (550, "5.7.29 x"),
    (550, "5.7.30 x"),
    (
        421,
        "4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or complaints",
    ),
    (421, "4.7.1 [TS03] All messages from 192.0.2.1 will be permanently deferred"),
    (451, "4.7.1 [CS01] Message rejected due to local policy"),
    (451, "4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719)"),
    (
        451,
        "4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation (S775)",
    ),
    (
        550,
        "5.7.1 Messages from [192.0.2.1] weren't sent. Part of their network is on our block list (S3140)",
    ),
    (550, "5.7.515 Access denied, sending domain forening.example doesn't meet the required level"),
    (550, "5.7.606 Access denied, banned sending IP [192.0.2.1]"),
    (421, "RP-001 Unfortunately, some messages from 192.0.2.1 weren't sent"),
    (450, "4.7.1 too many messages from your server, slow down"),
]

RELAY = [
    (454, "Throttling failure: Maximum sending rate exceeded."),
    (454, "4.7.0 Throttling failure: Daily message quota exceeded."),
    (
        550,
        "Domain forening.example has exceeded the max emails per hour (500/500 (100%)) allowed. Discarded.",
    ),
    (550, "5.4.5 Daily user sending limit exceeded. For more information on limits"),
    (452, "4.5.3 Sending quota exceeded"),
    (451, "4.7.1 Outgoing mail limit reached, try again in an hour"),
    (554, "5.2.0 submission quota exceeded"),
    (432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded"),
    (550, "5.7.1 You have exceeded your hourly limit"),
]

NOBODY = [
    (250, "2.0.0 Ok: queued as 4F1"),
    (250, "2.0.0 we mention an unusual rate"),
    (421, "4.3.2 Service shutting down"),
    (421, "Too many connections"),
    (450, "4.2.1 The user you are trying to contact is receiving mail at an unusual rate"),
    (452, "4.2.2 The recipient's inbox is out of storage space"),
    (450, "4.7.1 Greylisted, try again later"),
    (550, "5.1.1 No such user"),
    (550, "5.7.1 This message looks like spam"),
    (552, "5.2.2 Quota exceeded"),
    (552, "5.2.2 mailbox quota exceeded"),
    (550, "5.7.13 User account is disabled"),
    (550, "4.7.28 a status of another class counts for nothing"),
]


@pytest.mark.parametrize(
    ("code", "said", "who"),
    [
        *((*each, Slows.RECEIVER) for each in RECEIVER),
        *((*each, Slows.RELAY) for each in RELAY),
        *((*each, Slows.NOBODY) for each in NOBODY),
    ],
)
def test_a_reply_says_who_wants_fewer_letters(code: int, said: str, who: Slows) -> None:
    assert slows(Reply.of(code, said)) is who


def test_a_broken_line_says_nothing() -> None:
    assert slows(NoReply("the line broke at an unusual rate")) is Slows.NOBODY
