"""A real process that takes mail in and dies by SIGKILL where a test wants it to.

    python -m tests.mortal

It reads a JSON object a line and answers each with one; ``dir`` and ``url`` say where data and database are.
``{"do": "serve", "die": [point, n]}`` forks a
process with a listener (LMTP) and the loop that takes in, and gives its pid and port; ``die`` may be null.
``{"do": "pipe", "die": ..., "file": path}`` forks ``rundbrev inbound`` and gives its exit status, and
``{"do": "end", "pid": pid}`` waits for a process to die. To fork costs milliseconds; to start Python and its
libraries anew for each death would cost seconds.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from newsletter import cli, jobs
from newsletter.cli import inbound as inbound_command
from newsletter.core.inbound.accepting import accepting
from newsletter.mail import spool
from newsletter.mail.listener import Listener, Ports
from newsletter.services import inbound
from tests import office

#: Where a process can die: what is called then, and whether the end comes after it.
POINTS: dict[str, tuple[Any, str, bool]] = {
    "file not on the disk": (os, "fsync", False),
    "file on the disk": (os, "fsync", True),
    "renamed": (Path, "rename", True),
    "in the spool, not answered": (spool, "put", True),
    "read": (spool, "read", True),
    "applied, not committed": (inbound, "take_in", True),
    "committed": (spool, "remove", False),
    "taken away": (spool, "remove", True),
}


def _arm(die: list[Any] | None) -> None:
    if die is None:
        return
    where, name, after = POINTS[die[0]]
    left = [die[1]]
    call: Callable[..., Any] = getattr(where, name)

    def mortal(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = call(*given, **named)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(where, name, mortal)


def _serve(directory: Path, url: str, die: list[Any] | None, tell: int) -> None:
    with office.opened(directory, url) as app:
        ours = accepting(bounces="studs@eken.example", inbound="svar@eken.example")
        ports = Ports("127.0.0.1", lmtp=0)
        with Listener(app.paths.inbound, ports, accepting=lambda: ours, now=app.now) as listener:
            _arm(die)
            os.write(tell, b"%d\n" % listener.ports["lmtp"])
            while True:
                jobs.take_in_mail(app)
                time.sleep(0.002)


def _pipe(directory: Path, file: str, die: list[Any] | None) -> None:
    os.dup2(os.open(file, os.O_RDONLY), 0)
    _arm(die)
    cli.main(["inbound", "--dir", str(directory), "--sender", "a@many.example"])


def _forked(run: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            run()
        except SystemExit as ended:
            os._exit(int(ended.code or 0))
        except BaseException:
            sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        finally:
            os._exit(99)
    return pid


def _status(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _answer(said: dict[str, Any]) -> dict[str, Any]:
    if said["do"] == "end":
        return {"status": _status(said["pid"])}
    directory, url = Path(said["dir"]), said["url"]
    if said["do"] == "pipe":
        return {"status": _status(_forked(lambda: _pipe(directory, said["file"], said["die"])))}
    hear, tell = os.pipe()
    pid = _forked(lambda: _serve(directory, url, said["die"], tell))
    os.close(tell)
    with os.fdopen(hear) as answer:
        return {"pid": pid, "port": int(answer.readline())}


def main() -> None:
    """Answer what a test asks for until it has no more questions."""
    assert inbound_command  # imported before a fork, not after each
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
