"""Listeners for mail that comes in: SMTP for other servers, LMTP for the mail server of this machine.

    Listener -> mail.conversations -> mail.spool -> 250

It takes mail to our own addresses and hands nothing on, so it is no relay, and sends no reports: what is
not ours is refused while the other server is still there.
"""

import asyncio
import errno
import ssl
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType

from newsletter.core.inbound.accepting import Accepting
from newsletter.errors import PlaceTaken, SettingsError
from newsletter.mail import spool
from newsletter.mail.conversations import Conversation, House, LmtpConversation, SmtpConversation
from newsletter.mail.peers import Limits, Peers


@dataclass(frozen=True, slots=True)
class Ports:
    """Where to listen; None is not at all, 0 any free port."""

    host: str
    smtp: int | None = None
    lmtp: int | None = None


class Listener:
    """Listeners in a thread of their own. Use it in ``with``, or call ``start`` and ``stop``.

    ``accepting`` says what is ours, ``now`` when a mail came; both are asked from other threads. After
    ``start``, ``ports`` are those in use, by way (smtp, lmtp).
    """

    def __init__(
        self,
        folder: Path,
        ports: Ports,
        *,
        accepting: Callable[[], Accepting],
        now: Callable[[], datetime],
        tls: ssl.SSLContext | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.ports: Mapping[str, int] = {}
        self._folder = folder
        self._wanted = ports
        self._accepting = accepting
        self._now = now
        self._tls = tls
        self._peers = Peers(limits or Limits())
        self._stop: Callable[[], object] | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen. Raises ``PlaceTaken`` when a port is another program's."""
        listening: Future[Mapping[str, int]] = Future()
        self._thread = threading.Thread(target=self._run, args=(listening,), name="listener", daemon=True)
        self._thread.start()
        try:
            self.ports = listening.result()
        except OSError as error:
            self.stop()
            raise _taken(error) from error

    def stop(self) -> None:
        """Close the ports and all conversations. Who got no yes tries again, and the mail counts once."""
        if self._stop is not None:
            self._stop()
        if self._thread is not None:
            self._thread.join()
        self._stop = self._thread = None

    def __enter__(self) -> "Listener":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self, listening: "Future[Mapping[str, int]]") -> None:
        try:
            asyncio.run(self._serve(listening))
        except OSError as error:
            listening.set_exception(error)

    async def _serve(self, listening: "Future[Mapping[str, int]]") -> None:
        loop, stopping = asyncio.get_running_loop(), asyncio.Event()
        servers: dict[str, asyncio.Server] = {}
        try:
            for way, port in (("smtp", self._wanted.smtp), ("lmtp", self._wanted.lmtp)):
                if port is not None:
                    speaks = partial(self._conversation, way)
                    servers[way] = await loop.create_server(speaks, self._wanted.host, port)
            self._stop = partial(loop.call_soon_threadsafe, stopping.set)
            listening.set_result({way: made.sockets[0].getsockname()[1] for way, made in servers.items()})
            await stopping.wait()
        finally:
            for server in servers.values():
                server.close()
            # asyncio.run cancels the conversations that are still open, and waits for what is being written.

    def _conversation(self, way: str) -> Conversation:
        house = House(self._accepting, partial(self._keep, way), self._peers)
        if way == "lmtp":
            return LmtpConversation(house)
        return SmtpConversation(house, tls_context=self._tls)

    def _keep(self, way: str, raw: bytes, sender: str, recipients: list[str]) -> str:
        return spool.put(self._folder, raw, spool.Envelope(sender, recipients, way, self._now()))


def tls_context(certificate: str, key: str) -> ssl.SSLContext | None:
    """Return what is needed to speak TLS; None without a certificate. Raises ``SettingsError``."""
    if not certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key or None)
    except (OSError, ValueError) as error:
        raise SettingsError(
            "Certifikatet i INBOUND_TLS_CERT ({path}) och dess nyckel i INBOUND_TLS_KEY går inte att läsa "
            "({reason}). Ange två PEM-filer som hör ihop.",
            path=certificate,
            reason=error.strerror if isinstance(error, OSError) and error.strerror else error,
        ) from error
    return context


def _taken(error: OSError) -> PlaceTaken:
    if error.errno == errno.EADDRINUSE:
        return PlaceTaken(
            "En port för inkommande mejl används av ett annat program. Stäng det, eller välj en annan port "
            "med INBOUND_SMTP_PORT och INBOUND_LMTP_PORT."
        )
    return PlaceTaken(
        "Porten för inkommande mejl kan inte öppnas ({reason}). Kontrollera INBOUND_HOST, och välj portar "
        "över 1023 med INBOUND_SMTP_PORT och INBOUND_LMTP_PORT.",
        reason=error.strerror or str(error),
    )
