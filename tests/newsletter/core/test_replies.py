"""What a server answers is understood, however it chooses to say it."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.replies import LONGEST_TEXT, Meaning, NoReply, Reply, end_of_reply, parse


@pytest.mark.parametrize(
    ("said", "reply", "meaning"),
    [
        (b"250 2.0.0 Ok: queued as 4F1\r\n", Reply(250, (2, 0, 0), "Ok: queued as 4F1"), Meaning.ACCEPTED),
        (b"250 OK\r\n", Reply(250, None, "OK"), Meaning.ACCEPTED),
        (b"250\r\n", Reply(250, None, ""), Meaning.ACCEPTED),
        (b"250 \n", Reply(250, None, ""), Meaning.ACCEPTED),
        (b"550 5.1.1 <bo@x>: User unknown", Reply(550, (5, 1, 1), "<bo@x>: User unknown"), Meaning.PERMANENT),
        (b"550 5.1.1\r\n", Reply(550, (5, 1, 1), ""), Meaning.PERMANENT),
        (b"451 4.7.650 Try later\r\n", Reply(451, (4, 7, 650), "Try later"), Meaning.TEMPORARY),
        (b"421 Too busy\r\n", Reply(421, None, "Too busy"), Meaning.TEMPORARY),
        (
            b"550-5.7.26 This mail is blocked\r\n550-5.7.26 because  it is\r\n550 5.7.26 unsigned. x-7\r\n",
            Reply(550, (5, 7, 26), "This mail is blocked because it is unsigned. x-7"),
            Meaning.PERMANENT,
        ),
        (
            b"452-4.2.2 Full\r\n452 see the help\r\n",
            Reply(452, (4, 2, 2), "Full see the help"),
            Meaning.TEMPORARY,
        ),
    ],
)
def test_a_reply_is_code_status_and_text(said: bytes, reply: Reply, meaning: Meaning) -> None:
    assert parse(said) == reply
    assert reply.meaning is meaning


def test_a_status_of_another_class_than_the_code_is_only_text() -> None:
    """RFC 3463 2: the class says the same as the code's first digit; when it does not, the code counts."""
    assert parse(b"450 5.1.1 Odd\r\n") == Reply(450, None, "5.1.1 Odd")
    assert parse(b"250 1.2.3.4 greets you\r\n") == Reply(250, None, "1.2.3.4 greets you")


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\r\n",
        b"25",
        b"Hello\r\n",
        b"2500 x\r\n",
        b"199 x\r\n",
        b"650 x\r\n",
        b"250-more\r\n",
        b"250_x\r\n",
        b"250-a\r\n251 b\r\n",
        b"250 a\r\n250 b\r\n",
        b"250 a\rb\r\n",
        b"HTTP/1.1 400 Bad Request\r\n",
    ],
)
def test_what_is_not_one_whole_reply_is_refused(said: bytes) -> None:
    with pytest.raises(ValueError, match="not one whole reply"):
        parse(said)


def test_a_request_for_more_settles_nothing() -> None:
    with pytest.raises(ValueError, match="354"):
        _ = parse(b"354 Go ahead\r\n").meaning


def test_a_broken_line_says_nothing_of_the_message() -> None:
    assert NoReply("Connection refused").meaning is Meaning.TEMPORARY


def test_a_hostile_reply_is_cut_and_cleaned() -> None:
    reply = parse(b"550 \x1b[31mred\x00\xff " + b"x" * 5000 + b"\r\n")
    assert reply.text.startswith("[31mred \ufffd xxx")
    assert reply.text.isprintable()
    assert len(reply.text) == LONGEST_TEXT


def test_the_ledger_keeps_the_reply_on_one_line() -> None:
    assert parse(b"550-5.1.1 No\r\n550 5.1.1 such user\r\n").line == "550 5.1.1 No such user"
    assert parse(b"250\r\n").line == "250"


@pytest.mark.parametrize(
    ("received", "end"),
    [
        (b"", 0),
        (b"25", 0),
        (b"250 O", 0),
        (b"250 OK\r", 0),
        (b"250 OK\r\n", 8),
        (b"250\r\n", 5),
        (b"250-a\r\n", 0),
        (b"250-a\r\n250 b\r\n354 c\r\n", 14),
        (b"250-354 no\r\n", 0),
    ],
)
def test_a_reply_ends_with_its_last_line(received: bytes, end: int) -> None:
    assert end_of_reply(received) == end


@pytest.mark.parametrize("received", [b"hello\r\n", b"250-a\r\n251 b\r\n", b"99 x\r\n", b"250_a\n"])
def test_a_line_that_is_no_reply_is_known_at_once(received: bytes) -> None:
    with pytest.raises(ValueError, match="not one whole reply"):
        end_of_reply(received)


@given(
    st.lists(
        st.tuples(
            st.integers(200, 599),
            st.lists(st.text(st.characters(codec="ascii", categories=["L", "N"])), min_size=1, max_size=4),
        ),
        max_size=5,
    )
)
def test_replies_that_come_together_are_taken_one_by_one(replies: list[tuple[int, list[str]]]) -> None:
    received = b""
    for code, (*first, last) in replies:
        received += "".join(f"{code}-{line}\r\n" for line in first).encode() + f"{code} {last}\r\n".encode()

    taken = []
    while end := end_of_reply(received):
        taken.append(parse(received[:end]))
        received = received[end:]

    assert received == b""
    assert [reply.code for reply in taken] == [code for code, _ in replies]
    assert [reply.text.split() for reply in taken] == [" ".join(lines).split() for _, lines in replies]


@given(st.binary(max_size=200))
def test_no_octets_make_it_stumble(received: bytes) -> None:
    with suppress(ValueError):
        assert 0 <= end_of_reply(received) <= len(received)
    try:
        reply = parse(received)
    except ValueError:
        return
    assert 200 <= reply.code <= 599


@given(
    st.integers(200, 599),
    st.sampled_from(["", "2.1.5 ", "4.7.28 ", "5.1.1 ", "2.0.0", "2.0 "]),
    st.text(st.characters(max_codepoint=0x17F), max_size=40),
)
def test_the_short_way_for_plain_replies_reads_what_the_long_way_reads(
    code: int, status: str, text: str
) -> None:
    """A reply that ends with LF alone always goes the long way."""
    said = f"{code} {status}{text}".replace("\r", "").replace("\n", "").encode()

    assert parse(said + b"\r\n") == parse(said + b"\n")
