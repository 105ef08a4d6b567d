"""docs/mail-checks.md: what the proof found, a row for each kind of mail and a column for each check."""

from collections.abc import Mapping, Sequence

from tests.mailproof.mails import Mail
from tests.project import ROOT

DOCUMENT = ROOT / "docs" / "mail-checks.md"

CHECKS = (
    "axe",
    "Nu validator",
    "EMC rules",
    "SpamAssassin",
    "MIME parsers",
    "check = browser",
    "contrast",
    "Gmail, Outlook dark",
    "320–1,000 px",
    "text at 200 %",
    "without pictures",
)

HEAD = """# Mails and their checks

Every kind of mail that Rundbrev sends, and what the proof found in it. Written by `make proof`
(`tests/mailproof/`), which holds every mail in every state and both languages to it; `make test` does the
same with some of each kind. A new folder under `templates/email/` fails until it has its values in
`tests/mailproof/gallery.py`, and its row here.

- **mails**: how many were looked at, and the largest HTML part; Gmail cuts at 102 KB
- **axe**: axe-core in Chromium, by day and by night: no fault by WCAG 2.2 AA or best practice, but for page
  landmarks
- **Nu validator**: no fault but those that `tests/mailproof/nu_allowed.tsv` allows, each with its reason
- **EMC rules**: what the Email Markup Consortium asks of markup (X1–X12), on the HTML as it arrives
- **SpamAssassin**: the points of the worst mail by its local rules; at most 1.0
- **MIME parsers**: Python's and fast-mail-parser's agree on fields, parts, charsets and words
- **check = browser**: the check before sending and Chromium give every text the same colours, ground and
  size, by day and by night; how many texts
- **contrast**: by day and by night every text has 4.5:1, large ones 3:1
- **Gmail, Outlook dark**: so it is where those turn the colours themselves, as far as that is known
- **320–1,000 px**: at 320, 375, 600 and 1,000 px nothing scrolls sideways, is cut off or covers another thing
- **text at 200 %**: so it is when letters alone are twice as large
- **without pictures**: so it is where none are shown, and each leaves its description
"""


class Table:
    """What was found so far; each check tells it of all mails."""

    def __init__(self) -> None:
        self._cells: dict[str, dict[str, str]] = {}
        self._mails: dict[str, list[int]] = {}

    def tell(
        self,
        check: str,
        mails: Sequence[Mail],
        faults: Mapping[Mail, Sequence[str]],
        figures: Mapping[str, str] | None = None,
    ) -> None:
        """Write down a check: a mark for each family, with its figure where there is one."""
        assert check in CHECKS
        failed = {mail.family for mail, found in faults.items() if found}
        for family in {mail.family for mail in mails}:
            figure = f" {figures[family]}" if figures else ""
            self._cells.setdefault(family, {})[check] = ("✗" if family in failed else "✓") + figure

    def count(self, mails: Sequence[Mail]) -> None:
        """Write down how many mails there are of each family, and how large they are."""
        for mail in mails:
            self._mails.setdefault(mail.family, []).append(len(mail.html.encode()))

    @property
    def is_whole(self) -> bool:
        """Whether every check has told of every mail."""
        return bool(self._mails) and all(
            set(self._cells.get(family, ())) == set(CHECKS) for family in self._mails
        )

    def __str__(self) -> str:
        lines = [
            HEAD,
            "| mail | mails | " + " | ".join(CHECKS) + " |",
            "|---" * (len(CHECKS) + 2) + "|",
            *(self._row(family, sizes) for family, sizes in self._mails.items()),
        ]
        return "\n".join(lines) + "\n"

    def _row(self, family: str, sizes: Sequence[int]) -> str:
        cells = " | ".join(self._cells[family][check] for check in CHECKS)
        return f"| {family} | {len(sizes)}, {round(max(sizes) / 1024)} KB | {cells} |"


def wrong(faults: dict[Mail, list[str]]) -> dict[str, list[str]]:
    """Return what is wrong, for a test's message: a few faults of each mail."""
    return {str(mail): found[:5] for mail, found in faults.items() if found}


def rows(document: str) -> dict[str, list[str]]:
    """Return the cells of each row of the document, by its first one."""
    lines = [line for line in document.splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    return {first: rest for first, *rest in cells}
