"""docs/mail-checks.md tells of every mail that there is, and of every check.

It is written by ``make proof``, which looks at them all; a new mail or check fails here until that has run.
"""

from tests.mailproof import edges, gallery
from tests.mailproof.mails import Mail
from tests.mailproof.table import CHECKS, DOCUMENT, HEAD, Table, rows

DOCUMENT_TOLD = "run `make proof`, which writes docs/mail-checks.md"


def test_the_document_has_a_row_for_every_mail_and_a_cell_for_every_check() -> None:
    told = rows(DOCUMENT.read_text("utf-8"))
    notes = {f"{kind}: {len(states) * 2}" for kind, states in gallery.NOTES.items()}  # in both languages

    assert {
        f"{kind}: {cells[0].split(',')[0]}" for kind, cells in told.items() if kind in gallery.NOTES
    } == notes
    assert {kind for kind in told if kind.startswith("issue")} == {f"issue: {name}" for name in edges.ISSUES}
    assert {kind.partition(":")[0] for kind in told} == gallery.kinds() | {
        "demo",
        "imported",
        "trial letter",
    }, DOCUMENT_TOLD
    assert {len(cells) for cells in told.values()} == {len(CHECKS) + 1}


def test_the_document_says_what_the_proof_says_of_itself_and_that_all_is_well() -> None:
    document = DOCUMENT.read_text("utf-8")

    assert document.startswith(HEAD), DOCUMENT_TOLD
    assert "✗" not in document


def test_a_table_is_whole_when_every_check_has_told_of_every_mail() -> None:
    table, mail = Table(), Mail("sign-in", "sv", b"Content-Type: text/html\n\n<p>x</p>")
    table.count([mail])
    for check in CHECKS:
        assert not table.is_whole
        table.tell(check, [mail], {mail: ["too dark"] if check == "axe" else []}, {"sign-in": "7"})

    assert table.is_whole
    assert rows(str(table)) == {"sign-in": ["1, 0 KB", "✗ 7", *["✓ 7"] * (len(CHECKS) - 1)]}
