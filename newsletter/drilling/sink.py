"""A counting sink in a process of its own: it takes every letter, slowly, and keeps only its Message-ID.

    python -m newsletter.drilling.sink --log FILE

    standard output  the port, one line
    standard input   a JSON object a line: {"delay": seconds, "allow": letters in all, or null for any number}
    FILE             the Message-ID of each letter taken, a line each, written before its 250 goes out

So it knows at least what the sender can know, and at times more: that is what makes it the judge. It is slow
either before it asks for the data or after it has taken it, at random, so that kills hit both. A sender that
is further ahead than ``allow`` waits for its 250: then a slow machine gets in as many kills as a fast one.
Offers PIPELINING, 8BITMIME, SIZE and SMTPUTF8.
"""

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, cast

HOST = "127.0.0.1"
_LARGEST = 64 * 1024 * 1024
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)

_EHLO = b"250-localhost\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 67108864\r\n250 SMTPUTF8\r\n"
_REPLIES = {
    b"EHLO": _EHLO,
    b"HELO": b"250 localhost\r\n",
    b"MAIL": b"250 2.1.0 Ok\r\n",
    b"RCPT": b"250 2.1.5 Ok\r\n",
    b"RSET": b"250 2.0.0 Ok\r\n",
    b"NOOP": b"250 2.0.0 Ok\r\n",
}


class CountingSink:
    """A sink process, and what it has counted. Use it in ``with``; ``port`` is where it listens then."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self.port = 0

    def __enter__(self) -> "CountingSink":
        self._process = subprocess.Popen(  # noqa: S603 - our own module, and no shell
            [sys.executable, "-m", __name__, "--log", str(self._log)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._orders = cast(IO[str], self._process.stdin)
        self.port = int(cast(IO[str], self._process.stdout).readline())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()  # the end of its input ends it

    def behave(self, *, delay: float, allow: int | None) -> None:
        """Set how slow it is, in seconds a letter, and how many letters may have been answered in all."""
        self._orders.write(json.dumps({"delay": delay, "allow": allow}) + "\n")
        self._orders.flush()

    def taken(self) -> Counter[str]:
        """Return how often it has taken each Message-ID."""
        return Counter(self._log.read_text(encoding="utf-8").splitlines())


class _Sink:
    def __init__(self, log: int) -> None:
        self._log = log
        self._chance = random.Random(1)  # noqa: S311 - nothing secret: where it is slow
        self._delay = 0.0
        self._allow: int | None = None
        self._taken = 0
        self._changed = asyncio.Event()

    def behave(self, line: bytes) -> None:
        told = json.loads(line)
        self._delay, self._allow = told["delay"], told["allow"]
        self._changed.set()
        self._changed = asyncio.Event()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 localhost ESMTP counting sink\r\n")
            while (line := await reader.readline()) and not line.upper().startswith(b"QUIT"):
                if line.upper().startswith(b"DATA"):
                    await self._data(reader, writer)
                else:
                    writer.write(_REPLIES.get(line[:4].upper(), b"502 5.5.1 What?\r\n"))
                await writer.drain()
            writer.write(b"221 2.0.0 Bye\r\n")
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the sender was killed, or the drill is over
        finally:
            writer.close()

    async def _data(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        early = self._chance.random() < 1 / 3
        if early:
            await asyncio.sleep(self._delay)
        writer.write(b"354 Go on\r\n")
        content = await reader.readuntil(b"\r\n.\r\n")
        number = self._take(content)
        if not early:
            await asyncio.sleep(self._delay)
        while self._allow is not None and number > self._allow:
            await self._changed.wait()
        writer.write(b"250 2.0.0 Ok: counted\r\n")

    def _take(self, content: bytes) -> int:
        """Write a letter down; return which one it is, counting from 1."""
        found = _MESSAGE_ID.search(content)
        os.write(self._log, (found[1] if found else b"<>") + b"\n")
        self._taken += 1
        return self._taken


async def _serve(log: int) -> None:
    sink = _Sink(log)
    server = await asyncio.start_server(sink.talk, HOST, 0, limit=_LARGEST)
    print(server.sockets[0].getsockname()[1], flush=True)
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin
    )
    while line := await orders.readline():
        sink.behave(line)
    server.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Take letters until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m newsletter.drilling.sink", description=__doc__)
    parser.add_argument("--log", type=Path, required=True)
    given = parser.parse_args(arguments)
    log = os.open(given.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    asyncio.run(_serve(log))


if __name__ == "__main__":
    main()
