"""Machines for tests: network namespaces with addresses of their own on a bridge, and a PostgreSQL beside it.

    hub        a namespace with the bridge (10.77.0.1), PostgreSQL on it, and what else all machines share
    machine    a namespace with one address (10.77.0.11, ...), whose link can be cut and mended

Nothing of it touches the network of the machine that the tests run on: the bridge, too, is in a namespace.
What runs here reaches PostgreSQL through a socket in the file system, which namespaces of the network share.

    python -m tests.machines PORT HOST:PORT [HOST]     pass on what comes to HOST (or loopback) and PORT
"""

import asyncio
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

HUB = "10.77.0.1"


@dataclass
class Machine:
    """A namespace with one address. What is started on it ends with it."""

    namespace: str
    address: str
    plug: Sequence[str] = ()  # what ``ip`` calls the other end of its cable
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        *,
        said: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a program on it, the head of its own group; what it says goes to a file."""
        with Path(said or os.devnull).open("ab") as out:
            process = subprocess.Popen(
                ["ip", "netns", "exec", self.namespace, *command],
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def cut(self) -> None:
        """Pull the plug: no packet comes or goes, and nobody is told."""
        self._link("down")

    def mend(self) -> None:
        """Put the plug back."""
        self._link("up")

    def _link(self, state: str) -> None:
        namespace, port = self.plug
        _ip("-n", namespace, "link", "set", port, state)

    def end(self) -> None:
        """End whatever still runs on it."""
        for process in self.running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Network:
    """A hub, and machines on its bridge; use it in ``with``. Needs root."""

    def __init__(self) -> None:
        self._name = f"rb{secrets.token_hex(3)}"
        self._parts = ExitStack()
        self._count = 0
        self.hub = Machine(f"{self._name}-hub", HUB)

    def __enter__(self) -> "Network":
        self._add(self.hub)
        _ip("-n", self.hub.namespace, "link", "add", "net0", "type", "bridge")
        _ip("-n", self.hub.namespace, "addr", "add", f"{HUB}/24", "dev", "net0")
        _ip("-n", self.hub.namespace, "link", "set", "net0", "up")
        return self

    def __exit__(self, *_failed: object) -> None:
        self._parts.close()

    def machine(self) -> Machine:
        """Make another machine on the bridge."""
        self._count += 1
        port = f"port{self._count}"
        made = Machine(
            f"{self._name}-{self._count}", f"10.77.0.{10 + self._count}", (self.hub.namespace, port)
        )
        self._add(made)
        peer = ("peer", "name", port, "netns", self.hub.namespace)
        _ip("link", "add", "net0", "netns", made.namespace, "type", "veth", *peer)
        _ip("-n", self.hub.namespace, "link", "set", port, "master", "net0")
        _ip("-n", made.namespace, "addr", "add", f"{made.address}/24", "dev", "net0")
        _ip("-n", made.namespace, "link", "set", "net0", "up")
        made.mend()
        return made

    def _add(self, machine: Machine) -> None:
        _ip("netns", "add", machine.namespace)
        self._parts.callback(_ip, "netns", "del", machine.namespace)
        self._parts.callback(machine.end)
        _ip("-n", machine.namespace, "link", "set", "lo", "up")


@contextmanager
def network() -> Iterator[Network]:
    """Make a network for a while; skips where we may not."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("network namespaces need root, and the package iproute2")
    with Network() as made:
        yield made


@contextmanager
def postgresql(hub: Machine) -> Iterator[tuple[str, str]]:
    """Run a PostgreSQL in the hub for a while: its URL for machines, and its URL for us."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("PostgreSQL's own programs are not installed")
    programs_in = programs[-1].parent
    with tempfile.TemporaryDirectory(prefix="rb-pg-") as name:
        shutil.chown(name, "postgres")
        data, as_owner = Path(name, "db"), ["runuser", "-u", "postgres", "--"]
        initdb = [programs_in / "initdb", "-D", data, "-U", "root", "--auth=trust", "--no-sync"]
        subprocess.run(
            [*as_owner, *initdb, "--encoding=UTF8", "--locale=C.UTF-8"],
            cwd="/",
            check=True,
            capture_output=True,
        )
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 10.77.0.0/24 trust\n")
        settings = {"listen_addresses": HUB, "unix_socket_directories": name, "fsync": "off"}
        given = [part for each, value in settings.items() for part in ("-c", f"{each}={value}")]
        server = hub.start([*as_owner, str(programs_in / "postgres"), "-D", str(data), *given])
        _wait_for(Path(name, ".s.PGSQL.5432"))
        _create(name)
        yield f"postgresql://root@{HUB}/rundbrev", f"postgresql://root@/rundbrev?host={name}"
        server.send_signal(signal.SIGINT)
        hub.end()


def _create(socket: str) -> None:
    for _ in range(100):
        made = subprocess.run(
            ["psql", "-h", socket, "-U", "root", "-d", "postgres", "-qc", "CREATE DATABASE rundbrev"],
            capture_output=True,
            check=False,
        )
        if made.returncode == 0:
            return
        time.sleep(0.05)
    raise AssertionError(made.stderr)


def _wait_for(path: Path) -> None:
    for _ in range(400):
        if path.exists():
            return
        time.sleep(0.025)
    raise AssertionError(f"there is no {path}")


def passing(port: int, to: str, host: str = "127.0.0.1") -> list[str]:
    """Return the command that passes on what comes to ``host`` and ``port``."""
    return [sys.executable, "-m", __name__, str(port), to, host]


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while content := await reader.read(65536):
            writer.write(content)
            await writer.drain()
    writer.close()


async def _pass_on(port: int, to: str, host: str) -> None:
    target, _, target_port = to.partition(":")

    async def both(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            back, out = await asyncio.open_connection(target, int(target_port))
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pass(reader, out), _pass(back, writer))

    server = await asyncio.start_server(both, host, port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_pass_on(int(sys.argv[1]), *sys.argv[2:4]))
