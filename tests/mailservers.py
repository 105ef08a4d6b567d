"""A mail server that behaves as badly as a test wants it to, on a real socket."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType

#: Instead of a reply: close the connection, or never say anything again.
CLOSE, SILENCE = "close", "silence"

#: What a well-behaved server says.
_GOOD = {
    "CONNECT": "220 bad.example ESMTP",
    "EHLO": "250-bad.example\r\n250 8BITMIME",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 Go on",
    "END": "250 2.0.0 Ok: queued as 4F1",
    "RSET": "250 2.0.0 Ok",
    "QUIT": "221 2.0.0 Bye",
}


class ScriptedServer:
    """Says what ``script`` says, by command; CONNECT is the greeting and END the end of a message.

    An answer is the text of a reply (lines separated by CRLF), CLOSE or SILENCE. A list is used up one
    answer a time, over all connections; then, and for other commands, the server behaves well. What it took
    is in ``messages`` (recipient, content) and ``commands``; ``connections`` counts.
    """

    def __init__(
        self, script: Mapping[str, str | Sequence[str]], *, tls: ssl.SSLContext | None = None, port: int = 0
    ) -> None:
        self._tls = tls
        self._script = {verb: [a] * 10_000 if isinstance(a, str) else list(a) for verb, a in script.items()}
        self._one_at_a_time = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", port))
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.port: int = self._listening.getsockname()[1]
        self.messages: list[tuple[str, bytes]] = []
        self.commands: list[str] = []
        self.connections = 0

    def __enter__(self) -> "ScriptedServer":
        self._begin(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listening.close()
        for conversation in self._open:
            with contextlib.suppress(OSError):
                conversation.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _begin(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                conversation, _ = self._listening.accept()
                conversation.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.append(conversation)
                self.connections += 1
                self._begin(self._talk, conversation)

    def _talk(self, conversation: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError), self._secured(conversation) as conversation:
            lines = conversation.makefile("rb")
            self._answer(conversation, "CONNECT")
            recipient = ""
            while line := lines.readline():
                command = line.decode("utf-8", "replace").rstrip()  # TLS where plain text is spoken, say
                self.commands.append(command)
                verb = command[:4].upper()
                recipient = command if verb == "RCPT" else recipient
                said = self._answer(conversation, verb)
                if verb == "QUIT":
                    return
                if verb == "DATA" and said.startswith("354"):
                    self._take(lines, recipient)
                    self._answer(conversation, "END")

    def _secured(self, conversation: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(conversation, server_side=True) if self._tls else conversation

    def _take(self, lines: socket.SocketIO, recipient: str) -> None:
        content: list[bytes] = []
        while (line := lines.readline()) != b".\r\n":
            if not line:
                raise EOFError
            content.append(line)
        self.messages.append((recipient, b"".join(content)))

    def _answer(self, conversation: socket.socket, verb: str) -> str:
        with self._one_at_a_time:
            planned = self._script.get(verb)
            answer = planned.pop(0) if planned else _GOOD.get(verb, "502 5.5.1 What?")
        if answer == CLOSE:
            conversation.close()
            raise EOFError
        if answer == SILENCE:
            conversation.recv(1 << 20)  # until the client leaves, or is shut out
            raise EOFError
        conversation.sendall(answer.encode() + b"\r\n")
        return answer
