"""Commands and replies over a socket, with a limit to how long and how much (RFC 5321 4.2, 4.5.3).

``smtplib`` opens, secures and signs in; from there on this takes over its socket, since it must be known
exactly how much of a message has gone out when a line goes dead.
"""

import socket
import time

from newsletter.core import replies
from newsletter.core.replies import Reply

#: No real reply is longer, all its lines together.
_LONGEST_REPLY = 65_536


class Broken(Exception):
    """The line went dead, the server fell silent, or it said what is no reply. Says what happened."""


class Wire:
    """A conversation over a connected socket. After ``Broken`` it is of no more use."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._received = b""
        # A command must not wait for the acknowledgement of what was sent before.
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, command: str, seconds: float) -> Reply:
        """Send a command and return the reply. Raises ``Broken``."""
        self.send(f"{command}\r\n".encode(), seconds)
        return self.reply(seconds)

    def send(self, content: bytes, seconds: float) -> None:
        """Send all of it. Raises ``Broken`` when not all of it was handed to the system.

        So when this raises, the server cannot have seen the last octet: a message that ends with it is not
        complete there, and cannot have been taken.
        """
        deadline = time.monotonic() + seconds
        left = memoryview(content)
        while left:
            self._until(deadline)
            try:
                left = left[self._socket.send(left) :]
            except OSError as error:
                raise Broken(reason(error)) from error

    def reply(self, seconds: float) -> Reply:
        """Return the server's next reply. Raises ``Broken``, after ``seconds`` at the latest."""
        deadline = time.monotonic() + seconds
        while not (end := replies.end_of_reply(self._received)):
            if len(self._received) > _LONGEST_REPLY:
                raise Broken("the server's reply has no end")
            self._received += self._receive(deadline)
        whole, self._received = self._received[:end], self._received[end:]
        try:
            return replies.parse(whole)
        except ValueError as error:
            raise Broken(f"the server's reply is no SMTP: {error}") from error

    def _receive(self, deadline: float) -> bytes:
        self._until(deadline)
        try:
            received = self._socket.recv(4096)
        except OSError as error:
            raise Broken(reason(error)) from error
        if not received:
            raise Broken("the server closed the connection")
        return received

    def _until(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise Broken("the server took too long")
        try:
            self._socket.settimeout(left)
        except OSError as error:
            raise Broken(reason(error)) from error


def reason(error: Exception) -> str:
    """Say in a few words what an error of a connection means."""
    if isinstance(error, TimeoutError):
        return "the server took too long"
    said = error.strerror if isinstance(error, OSError) else None
    return said or str(error) or type(error).__name__
