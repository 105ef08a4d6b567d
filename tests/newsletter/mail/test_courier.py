"""Many letters over several connections: no letter's trouble is another's, and none is ever lost."""

import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pytest

from newsletter.core.letters import Claim, Letter
from newsletter.core.outcomes import NoServer, Outcome, Unanswered
from newsletter.core.replies import NoReply, Reply
from newsletter.errors import SendingRefused
from newsletter.mail import relays
from newsletter.mail.courier import Courier
from newsletter.mail.sink import Sink
from newsletter.mail.smtp import Relay, Timeouts
from tests.conftest import NOON
from tests.mailservers import CLOSE, SILENCE, ScriptedServer
from tests.newsletter.mail.test_smtp import CONTENT, QUICK

PATIENT = Timeouts(connect=5, command=5, data=5, content=5, end=5)
PIPELINING = {"EHLO": "250-bad.example\r\n250-PIPELINING\r\n250 8BITMIME"}
ONE_BY_ONE: dict[str, str] = {}


def letters(count: int, *, named: Mapping[int, str] | None = None, content: bytes = CONTENT) -> list[Letter]:
    """Make letters to p1, p2, ...; ``named`` puts another name in a place."""
    names = {number: f"p{number}" for number in range(1, count + 1)} | dict(named or {})
    return [
        Letter(Claim(number, 1, None), "studs@eken.example", f"{name}@lund.example", content)
        for number, name in names.items()
    ]


class Bag:
    """Letters to carry, and what became of each; ``stopped`` are deliveries that a person has stopped."""

    def __init__(self, given: Iterable[Letter], *, stopped: Iterable[int] = ()) -> None:
        self.left = deque(given)
        self.stopped = frozenset(stopped)
        self.outcomes: dict[int, Outcome] = {}
        self.by: Counter[str] = Counter()
        self.seconds: list[float] = []
        self.given_back: list[int] = []

    def waiting(self) -> int:
        return len(self.left)

    def take(self, relay: str) -> Letter | None:
        return self.left.popleft() if self.left else None

    def may_begin(self, held: Claim) -> bool:
        return held.delivery_id not in self.stopped

    def give_back(self, letter: Letter) -> None:
        self.given_back.append(letter.claim.delivery_id)
        if self.may_begin(letter.claim):
            self.left.appendleft(letter)

    def settle(self, held: Claim, outcome: Outcome, relay: str, seconds: float) -> None:
        assert held.delivery_id not in self.outcomes, "told of twice"
        self.outcomes[held.delivery_id] = outcome
        self.by[relay] += 1
        self.seconds.append(seconds)

    @property
    def kinds(self) -> Counter[str]:
        return Counter(
            str(each.code) if isinstance(each, Reply) else type(each).__name__
            for each in self.outcomes.values()
        )


class Lines:
    """A journal in memory; ``full`` for one that cannot be written to."""

    def __init__(self, *, full: bool = False) -> None:
        self.full = full
        self.lines: list[str] = []
        self.writes = 0

    def write(self, lines: Sequence[str]) -> None:
        if self.full:
            raise OSError("no space left on device")
        self.writes += 1
        self.lines += [line.rstrip("\n") for line in lines]


def to(port: int, connections: int = 1, **relay: object) -> Relay:
    return Relay("127.0.0.1", port, stays_here=True, connections=connections, **relay)  # type: ignore[arg-type]


def run(
    carrying: Courier,
    bag: Bag,
    lines: Lines | None = None,
    *,
    until: Callable[[], bool] | None = None,
    seconds: float = 8,
) -> Bag:
    """Turn until nothing is left, or ``until`` says so."""
    lines, ends = lines or Lines(), time.monotonic() + seconds
    while not (until() if until else not bag.left and not carrying.on_the_wire):
        assert time.monotonic() < ends, (bag.kinds, len(bag.left), carrying.states())
        carrying.turn(bag, lines, seconds=0.1)
    return bag


def carry(
    script: Mapping[str, str | Sequence[str]],
    given: Iterable[Letter],
    connections: int = 1,
    *,
    lines: Lines | None = None,
    timeouts: Timeouts = QUICK,
    until: Callable[[Bag], bool] | None = None,
) -> tuple[Bag, ScriptedServer]:
    """Carry letters to a server that says what ``script`` says, and take leave of it."""
    bag = Bag(given)
    with ScriptedServer(script) as server:
        carrying = Courier([to(server.port, connections)], timeouts=timeouts)
        run(carrying, bag, lines, until=(lambda: until(bag)) if until else None)
        carrying.close()
    return bag, server


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try a relay that failed again after a moment: a second is long for a test."""
    monkeypatch.setattr(relays, "_FIRST_WAIT", 0.05)


both = pytest.mark.parametrize("speaks", [PIPELINING, ONE_BY_ONE], ids=["pipelining", "one by one"])


@pytest.mark.parametrize("connections", [1, 3])
def test_every_letter_gets_its_own_outcome(tmp_path: Path, connections: int) -> None:
    given = letters(40, named={3: "permfail", 7: "tempfail+x", 11: "drop", 12: "slow.1", 20: "permfail2"})
    with Sink(tmp_path, 0, now=lambda: NOON) as sink:
        carrying = Courier([to(sink.port, connections)], timeouts=PATIENT)
        bag = run(carrying, Bag(given))
        carrying.close()

    odd = {number: outcome for number, outcome in bag.outcomes.items() if getattr(outcome, "code", 0) != 250}
    assert {number: getattr(outcome, "code", 0) for number, outcome in odd.items()} == {
        3: 550,
        7: 451,
        11: 0,
        20: 550,
    }
    assert isinstance(odd[11], Unanswered)
    assert sink.kept == 36


@both
def test_letters_arrive_whole_in_order_and_the_journal_says_so(speaks: dict[str, str]) -> None:
    lines = Lines()

    bag, server = carry(speaks, letters(5), lines=lines)

    assert bag.kinds == {"250": 5}
    assert server.messages == [(f"RCPT TO:<p{number}@lund.example>", CONTENT) for number in range(1, 6)]
    assert server.commands[-1] == "QUIT"
    begun = [f"> {number} 1" for number in range(1, 6)]
    told = [f"< {number} 1 250 2.0.0 Ok: queued as 4F1" for number in range(1, 6)]
    assert sorted(lines.lines) == sorted([*begun, *told])
    assert all(lines.lines.index(a) < lines.lines.index(b) for a, b in zip(begun, told, strict=True))


def test_the_next_envelope_is_on_the_wire_while_a_letters_reply_is_awaited() -> None:
    """RFC 2920: one round trip a letter."""
    with ScriptedServer({**PIPELINING, "END": SILENCE}) as server:
        carrying = Courier([to(server.port)], timeouts=PATIENT)
        bag = Bag(letters(2))
        run(carrying, bag, until=lambda: len(server.messages) == 1)
        assert carrying.on_the_wire == 2
        assert not bag.left
        carrying.close()


def test_a_turn_costs_one_write_of_the_journal_however_many_letters_it_holds() -> None:
    lines, bag = Lines(), Bag(letters(60))
    with ScriptedServer(PIPELINING) as server:
        carrying = Courier([to(server.port, 6)], timeouts=QUICK)
        while len(bag.outcomes) < 60:
            before = lines.writes
            carrying.turn(bag, lines, seconds=0.1)
            assert lines.writes <= before + 1
        carrying.close()

    assert len(lines.lines) == 120
    assert lines.writes < 120


@both
def test_a_connection_is_kept_until_the_courier_rests(speaks: dict[str, str]) -> None:
    with ScriptedServer(speaks) as server:
        carrying = Courier([to(server.port)], timeouts=QUICK)
        run(carrying, Bag(letters(5)))
        run(carrying, Bag(letters(5)))
        assert server.connections == 1
        carrying.rest()
        run(carrying, Bag([]), until=lambda: carrying.states()[0].connections == 0)
        assert server.commands[-1] == "QUIT"
        run(carrying, Bag(letters(1)))
        carrying.close()

    assert server.connections == 2


@both
@pytest.mark.parametrize("where", ["MAIL", "RCPT", "DATA"])
def test_a_refusal_is_the_letters_own(speaks: dict[str, str], where: str) -> None:
    lines = Lines()
    script = {**speaks, where: ["354 Go" if where == "DATA" else "250 Ok", "550 5.7.1 No"]}
    if where == "MAIL" and speaks is PIPELINING:  # what was asked in the same group has an answer, too
        script |= {"RCPT": ["250 Ok", "503 5.5.1 No sender"], "DATA": ["354 Go", "503 5.5.1 No sender"]}

    bag, server = carry(script, letters(4), lines=lines)

    assert bag.kinds == {"250": 3, "550": 1}
    assert bag.outcomes[2] == Reply(550, (5, 7, 1), "No")
    assert server.connections == 1
    assert "> 2 1" not in lines.lines
    delivered = [to for to, content in server.messages if content]
    assert delivered == [f"RCPT TO:<p{number}@lund.example>" for number in (1, 3, 4)]


@both
@pytest.mark.parametrize("how", ["421 4.7.0 Enough for this time", CLOSE])
def test_a_kept_connection_that_was_closed_meanwhile_costs_nobody_anything(
    speaks: dict[str, str], how: str
) -> None:
    """A server may end a connection after so many messages, or when it has been idle."""
    bag, server = carry({**speaks, "MAIL": ["250 Ok", "250 Ok", how]}, letters(6))

    assert bag.kinds == {"250": 6}
    assert server.connections == 2
    assert len(bag.given_back) == 1


@both
def test_a_letter_that_breaks_a_second_connection_is_tried_later(speaks: dict[str, str]) -> None:
    bag, _ = carry({**speaks, "RCPT": ["250 Ok", CLOSE, CLOSE]}, letters(4))

    assert bag.kinds == {"250": 3, "NoReply": 1}
    assert isinstance(bag.outcomes[2], NoReply)


@both
def test_a_connection_that_dies_in_one_letter_leaves_that_one_unknown_and_takes_the_others(
    speaks: dict[str, str],
) -> None:
    bag, _ = carry({**speaks, "END": ["250 Ok", CLOSE]}, letters(6))

    assert bag.kinds == {"250": 5, "Unanswered": 1}
    assert isinstance(bag.outcomes[2], Unanswered)


@both
@pytest.mark.parametrize("how", [CLOSE, SILENCE, "garbage", "354 Go on"])
def test_whatever_happens_after_a_letter_it_is_unknown_and_its_line_stays_open(
    speaks: dict[str, str], how: str
) -> None:
    lines = Lines()

    bag, _ = carry({**speaks, "END": ["250 Ok", how]}, letters(2), lines=lines)

    assert bag.kinds == {"250": 1, "Unanswered": 1}
    assert [line for line in lines.lines if " 2 1" in line] == ["> 2 1"]


@pytest.mark.parametrize("where", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("how", [SILENCE, "garbage", "999 What"])
def test_whatever_happens_before_a_letter_it_cannot_have_been_taken(where: str, how: str) -> None:
    lines = Lines()

    bag, server = carry({**PIPELINING, where: [how]}, letters(1), lines=lines)

    assert bag.kinds == {"NoReply": 1}
    assert lines.lines == []
    assert server.messages == []


@both
@pytest.mark.parametrize("where", ["MAIL", "RCPT", "DATA", "END"])
def test_421_is_a_reply_and_the_end_of_the_connection(speaks: dict[str, str], where: str) -> None:
    bag, _ = carry({**speaks, where: ["421 4.3.2 Going down"]}, letters(1))

    assert bag.outcomes == {1: Reply(421, (4, 3, 2), "Going down")}


def test_a_server_that_kills_every_connection_is_left_alone() -> None:
    """Only one letter pays for each attempt, and those come seldom."""
    bag, server = carry({**PIPELINING, "RCPT": CLOSE}, letters(50), until=lambda bag: len(bag.outcomes) == 2)

    assert bag.kinds == {"NoReply": 2}
    assert server.connections == 2


def test_without_a_server_nothing_is_lost_and_no_attempt_is_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relays, "_FIRST_WAIT", 60.0)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    carrying = Courier([to(port, 4)], timeouts=QUICK)

    bag = run(carrying, Bag(letters(30)), until=lambda: carrying.trouble != "")
    carrying.close()

    assert bag.outcomes == {}
    assert len(bag.left) == 30
    assert "refused" in carrying.trouble
    assert 0 < carrying.states()[0].retry_in <= 60


def test_a_server_that_allows_one_connection_only_gets_everything_over_that_one() -> None:
    script = {**PIPELINING, "CONNECT": ["220 Welcome", *["421 4.7.0 Too many connections"] * 50]}

    bag, server = carry(script, letters(30), connections=4)

    assert bag.kinds == {"250": 30}
    assert server.connections <= 4


@both
def test_a_server_that_wants_a_sign_in_is_not_asked_again_for_each_letter(speaks: dict[str, str]) -> None:
    with ScriptedServer({**speaks, "MAIL": "530 5.7.0 Sign in first"}) as server:
        carrying = Courier([to(server.port)], timeouts=QUICK)
        bag = run(carrying, Bag(letters(20)), until=lambda: carrying.trouble != "")
        carrying.close()

    assert bag.outcomes == {}
    assert len(bag.left) == 20
    assert carrying.trouble == "530 5.7.0 Sign in first"
    assert server.connections == 1


def test_a_mistake_of_ours_costs_one_letter_and_not_the_others(caplog: pytest.LogCaptureFixture) -> None:
    given = letters(5)
    given[2] = Letter(given[2].claim, "studs@eken.example", "p3@lund.example", "not octets")  # type: ignore[arg-type]
    given[3] = Letter(given[3].claim, "studs@eken.example", "p4@lund\ud800.example", CONTENT)
    lines = Lines()

    bag, _ = carry(PIPELINING, given, lines=lines)

    assert bag.kinds == {"250": 3, "NoReply": 2}
    assert [line for line in lines.lines if " 3 1" in line] == ["> 3 1", "- 3 1"]


def test_a_relay_that_must_not_be_spoken_to_stops_everything() -> None:
    """P5."""
    with pytest.raises(SendingRefused):
        Courier([Relay("smtp.example", 25, security="none")])


@both
def test_a_letter_that_a_person_has_stopped_is_given_back_and_never_reaches_the_server(
    speaks: dict[str, str],
) -> None:
    bag = Bag(letters(10), stopped=[1, 3, 5, 7, 9])
    with ScriptedServer(speaks) as server:
        carrying = Courier([to(server.port, 2)], timeouts=QUICK)
        run(carrying, bag)
        carrying.close()

    assert bag.kinds == {"250": 5}
    assert sorted(bag.given_back) == [1, 3, 5, 7, 9]
    assert len(server.messages) == 5


@both
def test_what_cannot_be_written_down_is_not_sent(speaks: dict[str, str]) -> None:
    """A full disk must not lead to two copies."""
    lines = Lines(full=True)
    with ScriptedServer(speaks) as server:
        carrying = Courier([to(server.port)], timeouts=QUICK)
        bag = run(carrying, Bag(letters(3)), lines, until=lambda: carrying.trouble != "")
        assert bag.kinds == {"NoServer": 1}
        assert isinstance(bag.outcomes[1], NoServer)
        assert server.messages == []
        assert carrying.trouble == "the journal cannot be written: no space left on device"
        lines.full = False
        run(carrying, bag, lines)
        carrying.close()

    assert bag.kinds == {"NoServer": 1, "250": 2}
    assert carrying.trouble == ""


def test_a_reply_counts_although_it_cannot_be_written_down() -> None:
    lines = Lines()
    with ScriptedServer(PIPELINING) as server:
        carrying = Courier([to(server.port)], timeouts=QUICK)
        bag = Bag(letters(1))
        run(carrying, bag, lines, until=lambda: "> 1 1" in lines.lines)
        lines.full = True
        run(carrying, bag, lines)
        carrying.close()

    assert bag.kinds == {"250": 1}


def test_told_to_stop_it_ends_what_is_on_the_wire_and_gives_back_the_rest(tmp_path: Path) -> None:
    given = letters(6, named={1: "slow.a", 2: "slow.b"})
    with Sink(tmp_path, 0, now=lambda: NOON) as sink:
        carrying = Courier([to(sink.port, 2)], timeouts=PATIENT)
        threading.Timer(0.5, carrying.stop).start()
        bag = run(carrying, Bag(given), until=lambda: carrying.stopped and not carrying.on_the_wire)
        carrying.close()

    assert bag.kinds == {"250": 2}
    assert len(bag.left) == 4


def test_told_to_stop_an_envelope_behind_a_letter_is_given_back() -> None:
    with ScriptedServer({**PIPELINING, "END": SILENCE}) as server:
        carrying = Courier([to(server.port)], timeouts=PATIENT, grace_seconds=0.2)
        bag, lines = Bag(letters(3)), Lines()
        run(carrying, bag, lines, until=lambda: len(server.messages) == 1)
        begun = time.monotonic()
        carrying.stop()
        run(carrying, bag, lines, until=lambda: not carrying.on_the_wire)
        carrying.close()

    assert time.monotonic() - begun < 2
    assert bag.kinds == {"Unanswered": 1}
    assert [each.claim.delivery_id for each in bag.left] == [2, 3]
    assert lines.lines == ["> 1 1"]


def test_a_turn_that_waits_is_woken_from_another_thread() -> None:
    carrying = Courier([to(1)], timeouts=QUICK)
    threading.Timer(0.05, carrying.wake).start()
    begun = time.monotonic()
    carrying.turn(Bag([]), Lines(), seconds=5)

    assert time.monotonic() - begun < 2
    carrying.close()


def test_a_connection_ends_politely_after_its_number_of_letters() -> None:
    with ScriptedServer(PIPELINING) as server:
        carrying = Courier([to(server.port, messages=3)], timeouts=QUICK)
        bag = run(carrying, Bag(letters(7)))
        carrying.close()

    assert bag.kinds == {"250": 7}
    assert server.connections == 3
    assert server.commands.count("QUIT") == 3
    assert bag.given_back == []


def test_the_time_from_data_to_reply_is_told() -> None:
    bag, _ = carry(PIPELINING, letters(3))

    assert len(bag.seconds) == 3
    assert all(0 < seconds < 2 for seconds in bag.seconds)
