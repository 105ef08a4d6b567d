"""How fast a register of 100,000 members is read in, beside plain ``csv`` and ``executemany``.

    python benchmarks/members_import.py [ROWS]

Each run is a process of its own: seconds on the clock and the most memory it held. The plain run reads the
same file and inserts one row a line into one table, with no checks: the floor, not a competitor.
"""

import csv
import io
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

HEADER = "Medlemsnr;Förnamn;Efternamn;E-post;E-post privat;Kommun;Arbetsplats;Medlem sedan"
PLACES = ("Lunds kommun", "Malmö stad", "Luleå", "Falu kommun", "Göteborg", "Umeå", "Växjö", "Visby")
NAMES = ("Åsa Öberg", "Émile Ärlig", "Bo Ek", "Cia von Ås", "Dan Å", "Eva Norén")


def content(rows: int) -> bytes:
    """Make a register as Excel on a Swedish Windows saves it."""
    lines = [HEADER]
    for at in range(rows):
        given, _, family = NAMES[at % len(NAMES)].partition(" ")
        place = PLACES[at % len(PLACES)]
        private = f"p{at}@hemma.example" if at % 3 == 0 else ""
        lines.append(
            f"{at};{given};{family} {at};m{at}@arbete.example;{private};{place};Växthuset;2020-01-31"
        )
    return "\r\n".join(lines).encode("cp1252")


def plain(file: Path, folder: Path) -> None:
    """Read the file with csv, and insert it with executemany."""
    with sqlite3.connect(folder / "plain.db") as database:
        database.execute("CREATE TABLE people (a, b, c, d, e, f, g, h)")
        reader = csv.reader(io.StringIO(file.read_bytes().decode("cp1252")), delimiter=";")
        next(reader)
        database.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?, ?)", reader)


def ours(file: Path, folder: Path) -> None:
    """Read the file in by the command's own service."""
    from newsletter.app import build
    from newsletter.settings import load
    from subscribers.services import imports

    with build(load(folder / "var")) as app, app.sessions.begin() as session:
        imports.import_register(
            session,
            scope=app.everything("a benchmark"),
            name=file.name,
            content=file.read_bytes(),
            now=datetime.now(UTC),  # noqa: TID251 - a benchmark is its own clock
        )


def _measure(way: str, file: Path, folder: Path) -> None:
    started = time.perf_counter()
    {"plain": plain, "first": ours, "again": ours, "moved": ours}[way](file, folder)
    seconds = time.perf_counter() - started
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{way:>8}  {seconds:6.2f} s  {most:6.0f} MB")


def main() -> None:
    """Run each way in a process of its own, in the same minute."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, moved = folder / "register.csv", folder / "moved.csv"
        file.write_bytes(content(rows))
        moved.write_bytes(file.read_bytes().replace(b";Lunds kommun;", b";Ume\xe5;"))
        print(f"{rows} rows, {file.stat().st_size / 1024**2:.1f} MB")
        for way, which in (("plain", file), ("first", file), ("again", file), ("moved", moved)):
            subprocess.run([sys.executable, __file__, "--run", way, str(which), name], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        _measure(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main()
