"""How long ``rundbrev serve`` takes until its first page answers, beside a bare FastAPI page in the same run.

    python benchmarks/start_up.py [RUNS]

Both are started as processes of their own, with all bytecode compiled, RUNS times each by turns (5); the
median counts. Measured from the start of the process until a request is answered, by the clock and, on Linux,
by the processor, which does not count what other programs do meanwhile.
"""

import compileall
import math
import os
import signal
import socket
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

BARE = """
import sys, fastapi, uvicorn
app = fastapi.FastAPI()
app.get("/healthz")(lambda: "ok")
uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
"""


def main(runs: int) -> None:
    """Measure, and print."""
    root = Path(__file__).parent.parent
    # Libraries, too: pip compiles what it installs, but not where PYTHONDONTWRITEBYTECODE is set.
    for place in (root / "newsletter", root / "subscribers", Path(sysconfig.get_path("purelib"))):
        compileall.compile_dir(place, quiet=2)
    with tempfile.TemporaryDirectory() as folder:
        demo = [sys.executable, "-m", "newsletter", "demo", "--once", "--json", "--dir", folder]
        subprocess.run(demo, check=True, capture_output=True)
        bare, ours = [], []
        for _ in range(runs):
            bare.append(_seconds([sys.executable, "-c", BARE]))
            ours.append(_seconds([sys.executable, "-m", "newsletter", "serve", "--dir", folder], ours=True))
    for name, at in (("by the clock", 0), ("of the processor", 1)):
        one, other = (statistics.median(took[at] for took in taken) for taken in (bare, ours))
        print(f"{name:16}  bare FastAPI page {one:.2f} s, rundbrev serve {other:.2f} s: {other / one:.1f} x")


def _seconds(command: Sequence[str], *, ours: bool = False) -> tuple[float, float]:
    """Return how long a process takes from its start to its first answer: clock and processor."""
    port, sink = _free_port(), _free_port()
    settings = {"WEB_PORT": str(port), "SINK_PORT": str(sink)}
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, *([] if ours else [str(port)])],
        env={**os.environ, **settings},  # noqa: TID251 - for a child, which reads its own
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                    return time.perf_counter() - started, _processor(process.pid)
            except (urllib.error.URLError, OSError):
                time.sleep(0.01)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _processor(pid: int) -> float:
    """Return the processor's seconds that a process has had (proc(5)); NaN where the system has no /proc."""
    try:
        figures = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except FileNotFoundError:
        return math.nan
    return (int(figures[11]) + int(figures[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
