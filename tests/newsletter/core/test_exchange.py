"""The mail transactions of one connection, octet by octet, without a socket."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.exchange import LONGEST_REPLY, Abilities, Exchange, Settled, Stage
from newsletter.core.letters import Claim, Letter
from newsletter.core.outcomes import NoServer, Outcome, Unanswered
from newsletter.core.replies import NoReply, Reply

CONTENT = b"Subject: Hej\r\n\r\nEtt brev.\r\n"
PIPELINING = Abilities(pipelining=True)
TAKEN = b"250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go on\r\n"


def letter(number: int = 1, recipient: str = "anna@lund.example", content: bytes = CONTENT) -> Letter:
    return Letter(Claim(number, 1, None), "studs@eken.example", recipient, content)


def out(exchange: Exchange) -> bytes:
    """Hand everything over to the system, and return it."""
    octets = b"".join(exchange.outgoing)
    exchange.sent(len(octets))
    return octets


def begun(abilities: Abilities = PIPELINING) -> Exchange:
    """Return an exchange in which the first letter's content has gone, and the second's envelope with it."""
    exchange = Exchange(abilities)
    assert exchange.offer(letter(1)) is None
    out(exchange)
    assert exchange.receive(TAKEN) == []
    exchange.begin()
    assert exchange.offer(letter(2)) is None
    out(exchange)
    return exchange


def told(settled: list[Settled]) -> list[tuple[int, str, bool, bool]]:
    return [
        (each.letter.claim.delivery_id, kind(each.outcome), each.begun, each.blameless) for each in settled
    ]


def kind(outcome: Outcome) -> str:
    return str(outcome.code) if isinstance(outcome, Reply) else type(outcome).__name__


def test_an_envelope_goes_in_one_group_and_the_next_with_the_end_of_the_content() -> None:
    """RFC 2920 3.1."""
    exchange = Exchange(PIPELINING)
    exchange.offer(letter(1))
    assert out(exchange) == b"MAIL FROM:<studs@eken.example>\r\nRCPT TO:<anna@lund.example>\r\nDATA\r\n"
    assert not exchange.wants

    exchange.receive(TAKEN)
    assert exchange.ready
    exchange.begin()
    assert exchange.wants
    exchange.offer(letter(2, "bo@lulea.example"))

    assert out(exchange) == (
        CONTENT + b".\r\nMAIL FROM:<studs@eken.example>\r\nRCPT TO:<bo@lulea.example>\r\nDATA\r\n"
    )
    assert told(exchange.receive(b"250 2.0.0 Ok: queued as 1\r\n" + TAKEN)) == [(1, "250", True, False)]
    assert exchange.ready
    assert exchange.finished == 1


def test_without_pipelining_every_command_waits_for_its_reply() -> None:
    exchange = Exchange(Abilities())
    exchange.offer(letter())
    asked = [out(exchange)]
    for reply in (b"250 Ok\r\n", b"250 Ok\r\n", b"354 Go\r\n"):
        assert not exchange.wants
        exchange.receive(reply)
        asked.append(out(exchange))
    exchange.begin()
    assert not exchange.wants
    asked.append(out(exchange))

    assert asked == [
        b"MAIL FROM:<studs@eken.example>\r\n",
        b"RCPT TO:<anna@lund.example>\r\n",
        b"DATA\r\n",
        b"",
        CONTENT + b".\r\n",
    ]
    assert told(exchange.receive(b"250 Ok\r\n")) == [(1, "250", True, False)]
    assert exchange.wants


@pytest.mark.parametrize(
    ("said", "follows"),
    [
        (b"250 Ok\r\n550 5.1.1 Nobody\r\n554 5.5.1 No recipients\r\n", b"RSET\r\nMAIL FROM"),
        (b"550 5.1.1 Nobody\r\n503 Mail first\r\n503 Mail first\r\n", b"RSET\r\nMAIL FROM"),
        (b"250 Ok\r\n250 Ok\r\n550 5.1.1 Not now\r\n", b"RSET\r\nMAIL FROM"),
        (b"250 Ok\r\n550 5.1.1 Nobody\r\n354 Go on\r\n", b".\r\nMAIL FROM"),
    ],
)
def test_a_refused_envelope_is_cleared_away_together_with_the_next(said: bytes, follows: bytes) -> None:
    """Where DATA was taken for nobody, a lone dot ends it (RFC 2920 3.1)."""
    exchange = Exchange(PIPELINING)
    exchange.offer(letter(1))
    out(exchange)

    assert told(exchange.receive(said)) == [(1, "550", False, False)]
    assert exchange.wants
    exchange.offer(letter(2))

    assert out(exchange).startswith(follows)
    assert exchange.receive(b"250 Ok\r\n" + TAKEN) == []
    assert exchange.ready


def test_the_reply_to_the_dot_for_nobody_is_about_nobody() -> None:
    exchange = Exchange(PIPELINING)
    exchange.offer(letter(1))
    out(exchange)
    exchange.receive(b"250 Ok\r\n550 5.1.1 Nobody\r\n354 Go on\r\n")
    exchange.offer(letter(2))
    out(exchange)

    assert exchange.receive(b"554 5.5.1 No valid recipients\r\n" + TAKEN) == []
    assert exchange.ready


def test_a_sender_refused_and_a_recipient_taken_is_cut_off_before_an_empty_letter_arrives() -> None:
    exchange = Exchange(PIPELINING)
    exchange.offer(letter())
    out(exchange)

    assert told(exchange.receive(b"550 5.7.1 No\r\n250 Ok\r\n354 Go on\r\n")) == [(1, "550", False, False)]
    assert exchange.trouble
    assert out(exchange) == b""


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"421 4.3.2 Down\r\n", [(1, "421", False, False)]),
        (b"250 Ok\r\n421 4.3.2 Down\r\n", [(1, "421", False, False)]),
        (b"250 Ok\r\n250 Ok\r\n421 4.3.2 Down\r\n", [(1, "421", False, False)]),
        (b"530 5.7.0 Sign in\r\n", [(1, "NoServer", False, False)]),
        (b"354 Go on\r\n", [(1, "NoReply", False, False)]),
        (b"250 Ok\r\n250 Ok\r\n250 Ok\r\n", [(1, "NoReply", False, False)]),
        (b"hello\r\n", [(1, "NoReply", False, False)]),
        (b"250-one\r\n251 two\r\n", [(1, "NoReply", False, False)]),
        (TAKEN + b"250 And one more\r\n", [(1, "NoReply", False, False)]),
    ],
)
def test_what_ends_a_connection_before_the_content(said: bytes, expected: list[object]) -> None:
    exchange = Exchange(PIPELINING)
    exchange.offer(letter())
    out(exchange)

    assert told(exchange.receive(said)) == expected
    assert exchange.trouble
    assert not exchange.wants


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"421 4.3.2 Down\r\n", [(1, "421", True, False), (2, "NoReply", False, True)]),
        (b"354 Go on\r\n", [(1, "Unanswered", True, False), (2, "NoReply", False, True)]),
        (b"250 Ok\r\n421 4.3.2 Enough\r\n", [(1, "250", True, False), (2, "421", False, True)]),
        (b"what\r\n", [(1, "Unanswered", True, False), (2, "NoReply", False, True)]),
        (b"554 5.7.1 Spam\r\n" + TAKEN, [(1, "554", True, False)]),
    ],
)
def test_what_comes_after_the_content_is_each_letters_own(said: bytes, expected: list[object]) -> None:
    assert told(begun().receive(said)) == expected


def test_a_letter_that_has_not_gone_whole_cannot_have_been_taken_and_one_that_has_may_have_been() -> None:
    """With the next envelope in the same write it is the octets that tell."""
    for missing, outcome in ((1, NoReply("gone")), (0, Unanswered("gone"))):
        exchange = Exchange(PIPELINING)
        exchange.offer(letter(1))
        out(exchange)
        exchange.receive(TAKEN)
        exchange.begin()
        exchange.offer(letter(2))
        exchange.sent(len(CONTENT + b".\r\n") - missing)

        settled = exchange.abort("gone")

        assert [each.outcome for each in settled] == [outcome, NoReply("gone")]
        assert [each.blameless for each in settled] == [False, True]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [(b"552 5.3.4 Too large\r\n", "552"), (b"421 4.3.2 Down\r\n", "421"), (b"250 Ok\r\n", "NoReply")],
)
def test_a_reply_in_the_middle_of_a_letter_counts_only_when_it_is_a_no(said: bytes, outcome: str) -> None:
    exchange = Exchange(PIPELINING)
    exchange.offer(letter())
    out(exchange)
    exchange.receive(TAKEN)
    exchange.begin()
    exchange.sent(10)

    assert told(exchange.receive(said)) == [(1, outcome, True, False)]
    assert exchange.trouble


def test_a_letter_taken_back_is_never_ended_by_a_dot() -> None:
    """The server waits for its content: even QUIT would be content, so the line is cut."""
    exchange = Exchange(PIPELINING)
    exchange.offer(letter())
    out(exchange)
    exchange.receive(TAKEN)

    assert exchange.withdraw() == letter()
    exchange.leave()

    assert out(exchange) == b""
    assert exchange.trouble


def test_a_letter_taken_back_behind_another_lets_that_one_end() -> None:
    exchange = begun()

    taken_back = exchange.withdraw()
    assert taken_back is not None
    assert taken_back.claim.delivery_id == 2
    assert not exchange.trouble
    assert not exchange.wants

    assert told(exchange.receive(b"250 2.0.0 Ok\r\n" + TAKEN)) == [(1, "250", True, False)]
    assert exchange.trouble


def test_taking_leave_is_asked_once_and_only_when_nothing_is_under_way() -> None:
    exchange = begun()
    exchange.leave()
    assert out(exchange) == b""

    exchange = Exchange(PIPELINING)
    exchange.leave()
    exchange.leave()
    assert out(exchange) == b"QUIT\r\n"
    assert exchange.awaited is Stage.QUIT
    assert not exchange.wants
    assert exchange.receive(b"221 2.0.0 Bye\r\n") == []
    assert exchange.trouble == "221 2.0.0 Bye"


def test_what_the_server_says_unasked_ends_an_idle_connection_and_costs_nobody_anything() -> None:
    exchange = Exchange(PIPELINING)

    assert exchange.receive(b"421 4.4.2 Idle too long\r\n") == []
    assert exchange.trouble == "421 4.4.2 Idle too long"


def test_a_reply_without_end_is_not_listened_to_for_ever() -> None:
    exchange = begun()
    settled: list[Settled] = []
    for _ in range(LONGEST_REPLY // 1000 + 2):
        settled += exchange.receive(b"250-" + b"x" * 994 + b"\r\n")

    assert told(settled)[0] == (1, "Unanswered", True, False)


def test_what_the_server_cannot_take_is_not_asked() -> None:
    exchange = Exchange(Abilities(pipelining=True, sized=True, largest=20))
    assert kind(exchange.offer(letter()) or NoServer("")) == "552"
    assert kind(exchange.offer(letter(recipient="åsa@lund.example")) or NoServer("")) == "553"
    assert exchange.wants
    assert out(exchange) == b""


def test_size_and_utf8_are_told_where_they_are_needed() -> None:
    exchange = Exchange(Abilities.of({"size": "1000", "smtputf8": "", "pipelining": ""}))
    exchange.offer(letter(recipient="åsa@lund.example"))
    asked = out(exchange).decode()

    assert f"MAIL FROM:<studs@eken.example> SIZE={len(CONTENT)} SMTPUTF8 BODY=8BITMIME\r\n" in asked
    assert "RCPT TO:<åsa@lund.example>\r\n" in asked


ANSWERS = [
    b"250 Ok\r\n",
    b"250-2.1.0 Many\r\n250 2.1.0 lines\r\n",
    b"354 Go on\n",
    b"421 4.3.2 Down\r\n",
    b"451 4.7.1 Later\r\n",
    b"550 5.1.1 Nobody\r\n",
    b"530 5.7.0 Sign in\r\n",
    b"250\r\n",
    b"250 bare\rreturn\r\n",
    b"garbage\r\n",
]
#: Mostly what a server says when all goes well, so that a conversation gets somewhere.
SAID = st.lists(st.one_of(st.sampled_from([TAKEN, b"250 Ok\r\n"]), st.sampled_from(ANSWERS)), max_size=8)


def played(pieces: list[bytes], abilities: Abilities) -> list[tuple[int, Outcome, bool, bool]]:
    """Feed a server's octets to an exchange that has three letters to send; return what became of them."""
    exchange, letters = Exchange(abilities), [letter(number) for number in (1, 2, 3)]
    became: list[Settled] = []
    for piece in [b"", *pieces]:
        became += exchange.receive(piece)
        if exchange.ready:
            exchange.begin()
        while exchange.wants and letters:
            exchange.offer(letters.pop(0))
        out(exchange)
    became += exchange.abort("the end")
    assert not exchange.held
    return [(each.letter.claim.delivery_id, each.outcome, each.begun, each.blameless) for each in became]


@settings(max_examples=150, deadline=None)
@given(SAID, st.data())
def test_however_the_servers_octets_are_split_the_same_becomes_of_the_letters(
    said: list[bytes], data: st.DataObject
) -> None:
    """A line at once, in two pieces, or octet by octet."""
    lines = [line for reply in said for line in reply.splitlines(keepends=True)]
    cut = [data.draw(st.integers(0, len(line))) for line in lines]
    in_two = [part for line, at in zip(lines, cut, strict=True) for part in (line[:at], line[at:])]
    one_by_one = [bytes([octet]) for octet in b"".join(said)]

    for abilities in (PIPELINING, Abilities()):
        expected = played(lines, abilities)
        assert played(in_two, abilities) == expected
        assert played(one_by_one, abilities) == expected


@given(st.binary(max_size=200))
def test_whatever_octets_come_no_letter_is_lost_or_told_of_twice(noise: bytes) -> None:
    became = played([noise], PIPELINING)

    assert sorted(number for number, *_ in became) == list(range(1, len(became) + 1))
    assert all(isinstance(outcome, NoReply | Unanswered | Reply) for _, outcome, *_ in became)
