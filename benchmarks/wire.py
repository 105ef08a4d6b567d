"""How fast the sending client alone is: prebuilt letters from memory into Postfix's ``smtp-sink``.

    python benchmarks/wire.py [--letters N] [--connections N] [--rounds N]

Each round sends as many letters of the same size by ``smtp-source`` (Postfix's own generator, in C) and by
our courier, into the same sink. Nothing else is on: no ledger and no filling of templates; the journal is a
file that is written to. Needs Debian's package postfix, which need not run.
"""

import argparse
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from newsletter.core.letters import Claim, Letter
from newsletter.core.outcomes import Outcome
from newsletter.core.replies import Reply
from newsletter.mail.courier import Courier
from newsletter.mail.smtp import Relay

SIZE = 66_000


class Stock:
    """So many letters of one size, in memory."""

    def __init__(self, count: int) -> None:
        line = b"x" * 70 + b"\r\n"
        self._content = b"Subject: Nummer 4\r\n\r\n" + line * (SIZE // len(line))
        self._count = count
        self._next = 0
        self.accepted = 0
        self.settled = 0

    def waiting(self) -> int:
        """Return how many have not been taken."""
        return self._count - self._next

    def take(self, _relay: str) -> Letter | None:
        """Return the next one."""
        if self._next >= self._count:
            return None
        self._next += 1
        claim = Claim(self._next, 1, None)
        return Letter(
            claim, f"studs+{self._next}@eken.example", f"p{self._next}@lund.example", self._content, True
        )

    def may_begin(self, _held: Claim) -> bool:
        """Let it go."""
        return True

    def give_back(self, _letter: Letter) -> None:
        """Fail: nothing is to go wrong here."""
        raise RuntimeError("a letter came back")

    def settle(self, _held: Claim, outcome: Outcome, _relay: str, _seconds: float) -> None:
        """Count it."""
        self.settled += 1
        self.accepted += isinstance(outcome, Reply) and outcome.code == 250


class File:
    """A journal in a file."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(self, lines: Sequence[str]) -> None:
        """Write them at once."""
        os.write(self._descriptor, "".join(lines).encode())


@contextmanager
def sink() -> Iterator[int]:
    """Run smtp-sink, and give its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    with subprocess.Popen([tool("smtp-sink"), "-u", "nobody", f"127.0.0.1:{port}", "1000"]) as process:
        _wait_for(port)
        try:
            yield port
        finally:
            process.terminate()


def ours(port: int, count: int, connections: int, journal: Path) -> tuple[float, float]:
    """Send by our courier. Returns letters a second, and microseconds of our CPU a letter."""
    relay = Relay("127.0.0.1", port, "none", stays_here=True, connections=connections)
    stock, courier, file = Stock(count), Courier([relay]), File(journal)
    used, begun = _cpu(), time.monotonic()
    while stock.settled < count:
        courier.turn(stock, file, seconds=1)
    seconds, used = time.monotonic() - begun, _cpu() - used
    courier.close()
    if stock.accepted != count:
        raise RuntimeError(f"{stock.accepted} of {count} accepted")
    return count / seconds, used / count * 1e6


def theirs(port: int, count: int, connections: int) -> tuple[float, float]:
    """Send by smtp-source. Returns the same of it."""
    used, begun = _cpu(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        [
            *(tool("smtp-source"), "-s", str(connections), "-l", str(SIZE), "-m", str(count), "-d"),
            *("-f", "studs@eken.example", "-t", "p@lund.example", f"127.0.0.1:{port}"),
        ],
        check=True,
    )
    seconds, used = time.monotonic() - begun, _cpu(resource.RUSAGE_CHILDREN) - used
    return count / seconds, used / count * 1e6


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print medians and ranges."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--letters", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(arguments)
    if not (shutil.which("smtp-sink") or Path("/usr/sbin/smtp-sink").exists()):
        print("smtp-sink is missing: install Debian's package postfix.", file=sys.stderr)
        return 2
    rounds: list[tuple[float, float, float, float]] = []
    for number in range(1, given.rounds + 1):
        with sink() as port, tempfile.TemporaryDirectory() as folder:
            source = theirs(port, given.letters, given.connections)
            our_own = ours(port, given.letters, given.connections, Path(folder) / "journal")
        rounds.append((*source, *our_own))
        print(
            "round {}: smtp-source {:,.0f}/s, {:.1f} µs; ours {:,.0f}/s, {:.1f} µs".format(
                number, *rounds[-1]
            )
        )
    print(f"smtp-source, letters a second: {_spread([each[0] for each in rounds], 0)}")
    print(f"smtp-source, µs of CPU a letter: {_spread([each[1] for each in rounds], 1)}")
    print(f"ours, letters a second: {_spread([each[2] for each in rounds], 0)}")
    print(f"ours, µs of CPU a letter: {_spread([each[3] for each in rounds], 1)}")
    print(f"ours against smtp-source: {_spread([each[2] / each[0] for each in rounds], 2)}")
    return 0


def _spread(values: Sequence[float], digits: int) -> str:
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def _cpu(whose: int = resource.RUSAGE_SELF) -> float:
    used = resource.getrusage(whose)
    return used.ru_utime + used.ru_stime


def tool(name: str) -> str:
    """Return where a tool of Postfix is."""
    return shutil.which(name) or f"/usr/sbin/{name}"


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("smtp-sink does not answer")


if __name__ == "__main__":
    sys.exit(main())
