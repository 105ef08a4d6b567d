"""A batch over several connections: no message's trouble is another's, and none is ever lost."""

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from newsletter.core.letters import Claim, Letter
from newsletter.core.outcomes import NoServer, NotBegun, Outcome, Unanswered
from newsletter.core.replies import NoReply, Reply
from newsletter.errors import SendingRefused
from newsletter.mail.porters import Porters
from newsletter.mail.sink import Sink
from newsletter.mail.smtp import Relay, Timeouts
from tests.conftest import NOON
from tests.mailservers import CLOSE, SILENCE, ScriptedServer
from tests.newsletter.mail.test_smtp import CONTENT, QUICK

PATIENT = Timeouts(connect=5, command=5, data=5, content=5, end=5)


class Notes:
    """A journal in memory."""

    def __init__(self, *, full: bool = False) -> None:
        self.lines: list[str] = []
        self.full = full

    def begun(self, delivery: int, attempt: int) -> None:
        if self.full:
            raise OSError("no space left on device")
        self.lines.append(f"> {delivery} {attempt}")

    def replied(self, delivery: int, attempt: int, reply: Reply) -> None:
        self.lines.append(f"< {delivery} {attempt} {reply.line}")

    def lost(self, delivery: int, attempt: int) -> None:
        self.lines.append(f"- {delivery} {attempt}")


def letters(count: int, *, named: Mapping[int, str] | None = None) -> list[Letter]:
    """Make letters to p1, p2, ...; ``named`` puts another name in a place."""
    names = {number: f"p{number}" for number in range(1, count + 1)} | dict(named or {})
    return [
        Letter(Claim(number, 1, None), "studs@eken.example", f"{name}@lund.example", CONTENT)
        for number, name in names.items()
    ]


def courier(port: int, connections: int = 1, timeouts: Timeouts = QUICK, grace: float = 8) -> Porters:
    relay = Relay("127.0.0.1", port, stays_here=True)
    return Porters(relay, connections, timeouts=timeouts, grace_seconds=grace)


def carry(
    script: Mapping[str, str | Sequence[str]], batch: list[Letter], connections: int = 1
) -> list[Outcome]:
    with ScriptedServer(script) as server:
        carrying = courier(server.port, connections)
        outcomes = carrying.carry(batch, Notes())
        carrying.close()
    return outcomes


def kinds(outcomes: Sequence[Outcome]) -> Counter[str]:
    return Counter(
        str(outcome.code) if isinstance(outcome, Reply) else type(outcome).__name__ for outcome in outcomes
    )


@pytest.mark.parametrize("connections", [1, 3])
def test_every_message_of_a_batch_gets_its_own_outcome_in_its_own_place(
    tmp_path: Path, connections: int
) -> None:
    batch = letters(40, named={3: "permfail", 7: "tempfail+x", 11: "drop", 12: "slow.1", 20: "permfail2"})
    with Sink(tmp_path, 0, now=lambda: NOON) as sink:
        carrying = courier(sink.port, connections, PATIENT)
        outcomes = carrying.carry(batch, Notes())
        carrying.close()

    odd = {place: kind for place, o in enumerate(outcomes, 1) if (kind := next(iter(kinds([o])))) != "250"}
    assert odd == {3: "550", 7: "451", 11: "Unanswered", 20: "550"}
    assert sink.kept == 36


def test_a_connection_is_kept_from_message_to_message_and_from_batch_to_batch() -> None:
    with ScriptedServer({}) as server:
        carrying = courier(server.port)
        carrying.carry(letters(5), Notes())
        carrying.carry(letters(5), Notes())
        carrying.close()

    assert server.connections == 1
    assert len(server.messages) == 10
    assert server.commands[-1] == "QUIT"


def test_a_courier_at_rest_has_taken_leave_and_connects_again() -> None:
    with ScriptedServer({}) as server:
        carrying = courier(server.port)
        carrying.carry(letters(1), Notes())
        carrying.rest()
        assert server.commands[-1] == "QUIT"
        carrying.carry(letters(1), Notes())
        carrying.close()

    assert server.connections == 2


def test_a_kept_connection_that_was_closed_meanwhile_costs_nobody_anything() -> None:
    """A server may end a connection after so many messages, or when it has been idle."""
    outcomes = carry({"MAIL": ["250 Ok", "421 4.7.0 Enough for this time", "250 Ok", CLOSE]}, letters(6))

    assert kinds(outcomes) == {"250": 6}


def test_a_connection_that_dies_in_the_message_of_one_leaves_that_one_unknown_and_takes_the_others() -> None:
    outcomes = carry({"END": ["250 Ok", CLOSE]}, letters(6))

    assert kinds(outcomes) == {"250": 5, "Unanswered": 1}
    assert isinstance(outcomes[1], Unanswered)


def test_a_message_that_kills_a_fresh_connection_is_tried_later() -> None:
    outcomes = carry({"RCPT": [CLOSE]}, letters(4))

    assert isinstance(outcomes[0], NoReply)
    assert kinds(outcomes[1:]) == {"250": 3}


def test_a_server_that_kills_every_connection_is_left_alone() -> None:
    """Only the first few messages pay for it with an attempt."""
    outcomes = carry({"RCPT": CLOSE}, letters(50))

    assert kinds(outcomes) == {"NoReply": 2, "NoServer": 48}


def test_without_a_server_nothing_is_lost_and_no_attempt_is_spent() -> None:
    with ScriptedServer({}) as server:
        port = server.port
    carrying = courier(port, 4)

    outcomes = carrying.carry(letters(30), Notes())
    carrying.close()

    assert kinds(outcomes) == {"NoServer": 30}
    assert isinstance(outcomes[0], NoServer)
    assert "refused" in outcomes[0].why


def test_a_server_that_allows_one_connection_only_gets_everything_over_that_one() -> None:
    script = {"CONNECT": ["220 Welcome", *["421 4.7.0 Too many connections"] * 50]}

    outcomes = carry(script, letters(30), connections=4)

    assert kinds(outcomes) == {"250": 30}


def test_a_server_that_wants_a_sign_in_is_not_asked_again_for_each_message() -> None:
    with ScriptedServer({"MAIL": "530 5.7.0 Sign in first"}) as server:
        carrying = courier(server.port)
        outcomes = carrying.carry(letters(20), Notes())
        carrying.close()

    assert kinds(outcomes) == {"NoServer": 20}
    assert server.connections == 1


def test_an_empty_batch_is_carried_at_once() -> None:
    carrying = courier(1)

    assert carrying.carry([], Notes()) == []
    carrying.close()


def test_a_mistake_of_ours_costs_one_message_and_not_the_batch(caplog: pytest.LogCaptureFixture) -> None:
    batch = letters(5)
    batch[2] = Letter(batch[2].claim, "studs@eken.example", "p3@lund.example", "not octets")  # type: ignore[arg-type]

    outcomes = carry({}, batch)

    assert kinds(outcomes) == {"250": 4, "Unanswered": 1}
    assert isinstance(outcomes[2], Unanswered)


def test_a_relay_that_must_not_be_spoken_to_stops_everything() -> None:
    """P5."""
    carrying = Porters(Relay("smtp.example", 25, security="none"), 2)

    with pytest.raises(SendingRefused):
        carrying.carry(letters(3), Notes())
    carrying.close()


def test_told_to_stop_it_ends_what_is_on_the_wire_and_begins_nothing_more(tmp_path: Path) -> None:
    batch = letters(6, named={1: "slow.a", 2: "slow.b"})
    with Sink(tmp_path, 0, now=lambda: NOON) as sink:
        carrying = courier(sink.port, 2, PATIENT)
        threading.Timer(0.5, carrying.stop).start()
        outcomes = carrying.carry(batch, Notes())
        carrying.close()

    assert kinds(outcomes) == {"250": 2, "NotBegun": 4}
    assert isinstance(outcomes[5], NotBegun)


def test_what_takes_too_long_after_the_stop_is_cut_off_and_unknown() -> None:
    with ScriptedServer({"END": SILENCE}) as server:
        carrying = courier(server.port, 2, PATIENT, grace=0.3)
        threading.Timer(0.3, carrying.stop).start()
        begun = time.monotonic()
        outcomes = carrying.carry(letters(5), Notes())
        carrying.close()

    assert time.monotonic() - begun < 3
    assert kinds(outcomes) == {"Unanswered": 2, "NotBegun": 3}
