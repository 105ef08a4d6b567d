"""The local mailbox of practice mode: an SMTP server on loopback that keeps every mail as a file.

    aiosmtpd -> _Handler -> folder.keep -> DIR/sink/<name>.eml and <name>.json

It can be told to fail, by the first word of a recipient's local part: ``tempfail@``, ``permfail+x@`` and so
on (see ``Failing``).
"""

import asyncio
import enum
import errno
import hashlib
import re
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType

from aiosmtpd.smtp import SMTP, Envelope, Session

from newsletter.errors import PlaceTaken
from newsletter.mail import folder as folders

HOST = "127.0.0.1"
LARGEST_MAIL = 25 * 1024 * 1024
SLOW_SECONDS = 2.0

#: How long a client may be silent, in seconds (RFC 5321 4.5.3.2.7).
_IDLE_SECONDS = 300


class Failing(enum.Enum):
    """What the sink can be told to do, by the first word of a recipient's local part."""

    TEMPFAIL = "tempfail"  # 451 in reply to RCPT
    PERMFAIL = "permfail"  # 550 in reply to RCPT
    DROP = "drop"  # takes the whole mail, keeps nothing, and closes the connection without a reply
    SLOW = "slow"  # replies to DATA after two seconds


_FAILING = {failing.value: failing for failing in Failing}


def failing_of(address: str) -> Failing | None:
    """Return what an address asks the sink to do: ``drop@``, ``drop.1@``, ``drop+x@`` and ``drop-x@``."""
    local = address.rpartition("@")[0].lower()
    return _FAILING.get(re.split(r"[-+._]|\d", local, maxsplit=1)[0])


class _Handler:
    """What aiosmtpd calls. Each hook returns the reply to the client."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now
        self.kept = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd fixes name and arguments
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        failing = failing_of(address)
        if failing is Failing.TEMPFAIL:
            return "451 4.7.1 Come back later"
        if failing is Failing.PERMFAIL:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        failings = {failing_of(address) for address in envelope.rcpt_tos}
        if Failing.SLOW in failings:
            await asyncio.sleep(SLOW_SECONDS)
        if Failing.DROP in failings:
            raise _Dropped
        try:
            name = folders.keep(
                self._folder, bytes(envelope.original_content or b""), self._envelope(envelope)
            )
        except OSError:
            return "452 4.3.1 No room for it on the disk"
        self.kept += 1
        return f"250 2.0.0 Ok: kept as {name}"

    def _envelope(self, envelope: Envelope) -> folders.Envelope:
        return folders.Envelope(
            mail_from=envelope.mail_from or "",
            rcpt_tos=tuple(envelope.rcpt_tos),
            smtputf8=bool(envelope.smtp_utf8),
            received_at=self._now(),
        )


class _Dropped(ConnectionResetError):
    """Ends the conversation as if the line had gone dead; aiosmtpd closes its side."""


class Sink:
    """A sink in a thread of its own. Use it in ``with``, or call ``start`` and ``stop``.

    ``port`` 0 takes any free one; after ``start`` it is the port in use. ``now`` says when a mail came.
    """

    def __init__(self, folder: Path, port: int, *, now: Callable[[], datetime]) -> None:
        self.port = port
        self._ident = _ident(folder)
        self._handler = _Handler(folder, now)
        self._stop: Callable[[], object] | None = None
        self._thread: threading.Thread | None = None

    @property
    def kept(self) -> int:
        """How many mails it has kept since it was made."""
        return self._handler.kept

    def start(self) -> None:
        """Listen. Raises ``PlaceTaken`` when the port is another program's."""
        listening: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, args=(listening,), name="sink", daemon=True)
        self._thread.start()
        try:
            self.port = listening.result()
        except OSError as error:
            self.stop()
            raise _taken(self.port, error) from error

    def stop(self) -> None:
        """Close the port and all conversations. Does nothing when it is not running."""
        if self._stop is not None:
            self._stop()
        if self._thread is not None:
            self._thread.join()
        self._stop = self._thread = None

    def __enter__(self) -> "Sink":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self, listening: Future[int]) -> None:
        try:
            asyncio.run(self._serve(listening))
        except OSError as error:
            listening.set_exception(error)

    async def _serve(self, listening: Future[int]) -> None:
        loop, stopping = asyncio.get_running_loop(), asyncio.Event()
        server = await loop.create_server(self._protocol, HOST, self.port)
        self._stop = partial(loop.call_soon_threadsafe, stopping.set)
        listening.set_result(server.sockets[0].getsockname()[1])
        await stopping.wait()
        server.close()
        # asyncio.run cancels the conversations that are still open.

    def _protocol(self) -> SMTP:
        return SMTP(
            self._handler,
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident=self._ident,
            timeout=_IDLE_SECONDS,
            loop=asyncio.get_running_loop(),
        )


def is_running(folder: Path, port: int) -> bool:
    """Tell whether a sink for this very folder listens on the port, in this process or another."""
    try:
        with socket.create_connection((HOST, port), timeout=2) as conversation:
            greeting = conversation.makefile("rb").readline(512)
    except OSError:
        return False
    return greeting.rstrip().endswith(_ident(folder).encode("ascii"))


def _ident(folder: Path) -> str:
    """Name the sink in its greeting, so that two data directories do not mix their mail."""
    return f"Rundbrev sink {hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:8]}"


def _taken(port: int, error: OSError) -> PlaceTaken:
    if error.errno == errno.EADDRINUSE:
        return PlaceTaken(
            "Porten {port} används av ett annat program. "
            "Stäng det, eller välj en annan port för den lokala brevlådan med SINK_PORT.",
            port=port,
        )
    return PlaceTaken(
        "Den lokala brevlådan kan inte öppna porten {port} ({reason}). Välj en annan med SINK_PORT.",
        port=port,
        reason=error.strerror or str(error),
    )
