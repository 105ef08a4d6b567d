"""docs/pages.md lists every page with who may come and which checks it passes, which walk the same routes.

It is written anew by running this file with ``RUNDBREV_WRITE_DOCUMENTS=1`` in the environment.
"""

import os

import pytest

from newsletter.app import App
from newsletter.web.gate import Access, ByKey, Everyone, LocalOnly, LocalOr, May, SignedIn, Themselves
from tests.newsletter.web.test_gate import gate_of
from tests.newsletter.web.test_pages_with_axe import NO_PAGES
from tests.newsletter.web.test_site import addresses, insider, routes
from tests.newsletter.web.visitors import Visitor
from tests.project import ROOT

__all__ = ["addresses", "insider"]

DOCUMENT = ROOT / "docs" / "pages.md"

HEAD = """# Pages and their checks

Every page that shows something, who may come to it, and what is tried on it. Written by
`tests/newsletter/web/test_pages_in_the_documents.py`, which fails when a page is missing here.

- **roles**: every role, and nobody, asks for it and gets what the table of authority says (`test_gate.py`)
- **reads**: GET and HEAD change nothing, with a database that refuses writes (`test_site.py`)
- **axe**: no fault in light and dark, at 375 and 1,280 px, and nothing is wider than the screen
  (`test_pages_with_axe.py`); – is for files, streams and letters, which are no pages of ours
- The months in `tests/journeys/` (`make proof`) walk through them as people do: an officer with a pointer and
  with the keyboard alone, leads on a telephone also without JavaScript, members in all four ways.

| page | who may come | roles | reads | axe |
|---|---|---|---|---|
"""


def who(access: Access) -> str:
    """Return who may come, for the document."""
    match access:
        case Everyone():
            return "everybody"
        case ByKey():
            return "who holds the link"
        case LocalOnly():
            return "at this machine"
        case LocalOr(act):
            return f"at this machine / {act.value}"
        case Themselves():
            return "the person, by a fresh link"
        case SignedIn():
            return "every role"
        case May(act, other):
            return " / ".join(each.value for each in (act, other) if each)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_page_stands_in_the_documents(app: App, insider: Visitor, addresses: dict[str, str]) -> None:
    rows = []
    for route in sorted(routes(app), key=lambda route: route.path):
        if "GET" not in route.methods or route.path.startswith(("/static", "/healthz")):
            continue
        answer = insider.get(addresses[route.path])
        is_page = answer.status_code == 200 and "<!DOCTYPE" in answer.text[:200]
        is_letter = "sandbox" in answer.headers.get("content-security-policy", "")
        axe = "✓" if is_page and not is_letter and route.path not in NO_PAGES else "–"
        rows.append(f"| `{route.path}` | {who(gate_of(route).access)} | ✓ | ✓ | {axe} |\n")

    text = HEAD + "".join(dict.fromkeys(rows))

    if os.environ.get("RUNDBREV_WRITE_DOCUMENTS"):
        DOCUMENT.write_text(text, encoding="utf-8")
    assert DOCUMENT.read_text("utf-8") == text, "write it anew: see the head of this test"
