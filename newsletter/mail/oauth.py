"""Access tokens for a mailbox whose host takes no password: the refresh token grant (RFC 6749 6).

    Tokens.access   a token that is still good, or a new one from the token endpoint

Some hosts give a new refresh token each time. It is kept in a file, for the one in the settings may have
ended by the next start; who puts another one into the settings means that one.
"""

import hashlib
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_TIMEOUT_SECONDS = 20
_LONGEST_ANSWER = 65_536
#: A token is not used in its last moments: it must last for the sign-in.
_SPARE_SECONDS = 60.0
_USUAL_SECONDS = 3600.0


class TokenRefused(Exception):
    """The endpoint gives no access token. Says why, without any secret."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What the host of the mailbox has given the association. ``scope`` may be empty."""

    endpoint: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str = ""


class Tokens:
    """Gives access tokens. ``file`` is where a newer refresh token is kept; ``clock`` counts seconds."""

    def __init__(self, grant: Grant, file: Path, clock: Callable[[], float]) -> None:
        self._grant = grant
        self._file = file
        self._clock = clock
        self._token = ""
        self._good_until = clock()

    def access(self, *, anew: bool = False) -> str:
        """Return an access token; with ``anew`` not the one given last. Raises ``TokenRefused``."""
        if anew or not self._token or self._clock() >= self._good_until:
            answer = self._ask()
            self._token = str(answer["access_token"])
            seconds = answer.get("expires_in")
            lasts = float(seconds) if isinstance(seconds, int | float) else _USUAL_SECONDS
            self._good_until = self._clock() + max(0.0, lasts - _SPARE_SECONDS)
            if newer := answer.get("refresh_token"):
                self._remember(str(newer))
        return self._token

    def _ask(self) -> dict[str, Any]:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self._newest(),
            "client_id": self._grant.client_id,
            "client_secret": self._grant.client_secret,
            "scope": self._grant.scope,
        }
        content = urllib.parse.urlencode({name: value for name, value in form.items() if value}).encode()
        # The settings let https alone through, and http to this machine.
        request = urllib.request.Request(self._grant.endpoint, content, {"Accept": "application/json"})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
                said = json.loads(answer.read(_LONGEST_ANSWER))
        except urllib.error.HTTPError as error:
            with error:
                raise TokenRefused(_why(error)) from error
        except (OSError, ValueError) as error:
            raise TokenRefused(f"the token endpoint: {error}") from error
        if not isinstance(said, dict) or not said.get("access_token"):
            raise TokenRefused("the token endpoint's answer holds no token")
        return said

    def _newest(self) -> str:
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(self._file.read_bytes())
            if kept["of"] == self._mark():
                return str(kept["refresh_token"])
        return self._grant.refresh_token

    def _remember(self, newer: str) -> None:
        if newer == self._newest():
            return
        fresh = self._file.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps({"of": self._mark(), "refresh_token": newer}), encoding="ascii")
        fresh.replace(self._file)

    def _mark(self) -> str:
        """Return what tells which token in the settings a newer one comes from."""
        return hashlib.sha256(self._grant.refresh_token.encode()).hexdigest()


def _why(error: urllib.error.HTTPError) -> str:
    """Return the endpoint's own word for it (RFC 6749 5.2), which is one of a few."""
    code = ""
    with suppress(OSError, ValueError, AttributeError):
        code = str(json.loads(error.read(_LONGEST_ANSWER)).get("error", ""))
    return f"the token endpoint: {error.code} {code if code.isidentifier() else ''}".rstrip()
