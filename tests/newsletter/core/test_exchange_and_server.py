"""Conversations with a server that keeps to RFC 5321 and refuses, hangs up and dies as it likes.

Whatever happens, what is said of a letter is true: the server itself knows which ones it has taken.
"""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.exchange import Abilities, Exchange, Settled
from newsletter.core.letters import Letter
from newsletter.core.outcomes import Unanswered
from newsletter.core.replies import Reply
from tests.newsletter.core.test_exchange import CONTENT, letter

WHOLE_CONTENT = CONTENT + b".lone dot\r\n"


class Server:
    """Takes a client's octets and answers them. ``taken`` are the recipients whose letters it has."""

    def __init__(self, mood: Random, *, trouble: float) -> None:
        self.taken: list[bytes] = []
        self.contents: list[bytes] = []
        self.gone = False
        self._mood = mood
        self._trouble = trouble
        self._received = b""
        self._sender = self._in_data = False
        self._recipient = b""

    def feed(self, octets: bytes) -> bytes:
        """Take in octets, and return the answers."""
        self._received += octets
        answers = b""
        while not self.gone and (asked := self._next()) is not None:
            answers += self._end(asked) if self._in_data else self._command(asked)
        return answers

    def _next(self) -> bytes | None:
        if not self._in_data:
            line, end, rest = self._received.partition(b"\r\n")
        elif self._received.startswith(b".\r\n"):
            line, end, rest = b"", b".", self._received[3:]
        else:
            line, end, rest = self._received.partition(b"\r\n.\r\n")
        if not end:
            return None
        self._received = rest
        return line

    def _command(self, line: bytes) -> bytes:
        refusal = self._refusal()
        verb = line[:4]
        if verb == b"QUIT":
            self.gone = True
            return b"221 2.0.0 Bye\r\n"
        if verb == b"RSET":
            self._sender, self._recipient = False, b""
            return b"250 2.0.0 Ok\r\n"
        if verb == b"MAIL":
            if self._sender:
                return b"503 5.5.1 Nested\r\n"
            self._sender = not refusal
            return refusal or b"250 2.1.0 Ok\r\n"
        if verb == b"RCPT":
            if not self._sender:
                return b"503 5.5.1 No sender\r\n"
            self._recipient = b"" if refusal else line
            return refusal or b"250 2.1.5 Ok\r\n"
        assert verb == b"DATA", line
        return self._data(refusal)

    def _data(self, refusal: bytes) -> bytes:
        if not self._sender or (not self._recipient and self._mood.random() < 0.5):
            return b"503 5.5.1 No recipient\r\n"
        self._in_data = not refusal  # some servers take DATA for nobody, and refuse its end
        return refusal or b"354 Go on\r\n"

    def _end(self, content: bytes) -> bytes:
        recipient, self._recipient = self._recipient, b""
        self._sender = self._in_data = False
        if not recipient:
            return b"554 5.5.1 No valid recipients\r\n"
        refusal = self._refusal()
        if not refusal:
            self.taken.append(recipient)
            self.contents.append(content)
        return refusal or b"250 2.0.0 Ok: queued\r\n"

    def _refusal(self) -> bytes:
        if self._mood.random() > self._trouble:
            return b""
        code = self._mood.choice(
            [b"451 4.7.1 Later", b"550 5.1.1 No", b"550-5.7.1 No\r\n550 5.7.1 no", b"421 4.3.2 Down"]
        )
        self.gone = code.startswith(b"421")
        return code + b"\r\n"


def converse(
    abilities: Abilities, mood: Random, trouble: float, cut: float
) -> tuple[list[Settled], list[Letter], Server]:
    """Send letters until one of the two is gone. Returns what became of them, those given back, and it."""
    exchange, server = Exchange(abilities), Server(mood, trouble=trouble)
    waiting = [letter(number, f"p{number}@lund.example", WHOLE_CONTENT) for number in range(1, 9)]
    became: list[Settled] = []
    back: list[Letter] = []
    rounds = 0
    while not exchange.trouble and (waiting or exchange.held):
        rounds += 1
        assert rounds < 500, "neither side goes on"
        if exchange.ready and mood.random() < 0.05:  # a person has stopped this one
            back += [each for each in [exchange.withdraw()] if each is not None]
        elif exchange.ready:
            exchange.begin()
        if exchange.wants and waiting and mood.random() < 0.9:
            exchange.offer(waiting.pop(0))
        octets = b"".join(exchange.outgoing)
        if mood.random() < cut:  # the line dies: the system had so much, the server got no more than that
            handed = mood.randint(0, len(octets))
            exchange.sent(handed) if handed else None
            server.feed(octets[: mood.randint(0, handed)])
            became += exchange.abort("the line is dead")
            break
        if octets:
            exchange.sent(len(octets))
        became += exchange.receive(server.feed(octets))
        if server.gone and not exchange.trouble:
            became += exchange.abort("the server has gone")
    return became, back, server


@settings(max_examples=300, deadline=None)
@given(
    st.booleans(),
    st.integers(0, 2**32),
    st.sampled_from([0.0, 0.1, 0.4]),
    st.sampled_from([0.0, 0.1]),
)
def test_what_is_said_of_a_letter_is_true(pipelining: bool, seed: int, trouble: float, cut: float) -> None:
    became, back, server = converse(Abilities(pipelining=pipelining), Random(seed), trouble, cut)

    taken = [int(recipient[len(b"RCPT TO:<p") :].partition(b"@")[0]) for recipient in server.taken]
    assert len(set(taken)) == len(taken)
    told = [each.letter.claim.delivery_id for each in became]
    assert len(set(told)) == len(told)
    for each in became:
        accepted = isinstance(each.outcome, Reply) and each.outcome.code < 300
        is_taken = each.letter.claim.delivery_id in taken
        assert is_taken == accepted or isinstance(each.outcome, Unanswered), (each, taken)
        assert each.begun or not is_taken
    assert not {each.claim.delivery_id for each in back} & {*taken, *told}
    assert {*taken} <= {*told}
    # What was taken is the letter, whole, with its dots as they were: never an empty one, never half of it.
    assert {_unstuffed(content) for content in server.contents} <= {WHOLE_CONTENT}


def _unstuffed(content: bytes) -> bytes:
    """Take the first dot off each line that begins with one (RFC 5321 4.5.2)."""
    return b"".join(line.removeprefix(b".") + b"\r\n" for line in content.split(b"\r\n"))
