"""The proof on paper: A4, every member, å ä ö, and the same bytes for the same facts."""

import re
import shutil
import subprocess
from datetime import UTC, date, datetime

import pytest

from newsletter.core.notices import Account, Content, Member, Standing
from newsletter.language import using
from newsletter.rendering import proofs

AT = datetime(2027, 2, 1, 8, 0, 5, tzinfo=UTC)
NAMES = (
    "Åsa Öberg",
    "Наталія Шевченко",
    "Αλέξανδρος Παπαδόπουλος",
    "Nguyễn Thị Hằng",
    "王小明",
    "مريم \x00 x",
)


def proof(count: int, *, at: datetime = AT) -> proofs.Proof:
    members = tuple(
        Member(
            n, NAMES[n % 6], f"M{n:03}", Standing.ACCEPTED, f"p{n}@lund.example", AT, f"250 queued as Q{n}x"
        )
        for n in range(count)
    )
    content = (Content("Gemensam", "sv", "ab" * 32, "cd" * 32),)
    dates = (date(2027, 2, 1), date(2027, 2, 14), AT)
    account = Account(3, "Medlemsmeddelanden 1/2027", "Kallelse", "Ämne", *dates, content, members)
    return proofs.Proof(account, "Föreningen Eken", "ef" * 32, at, "Europe/Stockholm")


def text_of(pdf: bytes) -> str:
    """Read a PDF as people would, by poppler's pdftotext."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    done = subprocess.run([program, "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def test_the_same_proof_is_the_same_file_and_is_a4() -> None:
    first = proofs.write(proof(3))

    assert proofs.write(proof(3)) == first
    assert proofs.write(proof(3, at=AT.replace(hour=9))) != first
    assert b"/MediaBox [0 0 595.28 841.89]" in first


def test_every_member_stands_in_it_and_the_heading_on_each_page() -> None:
    pages = text_of(proofs.write(proof(90))).split("\f")

    text = "\n".join(pages)
    assert all(f"p{n}@lund.example" in text and f"Q{n}x" in text for n in range(90))
    assert all("Medlemsnr" in page for page in pages[1:-2])
    assert re.search(r"2 \(\d\)", pages[1])
    for words in ("Åsa Öberg", "2027-02-01 09.00", "Avstämningsdag", "ab" * 32, "cd" * 32, "ef" * 32):
        assert words in text


def test_a_name_in_letters_that_the_typeface_lacks_is_whole_all_the_same() -> None:
    text = text_of(proofs.write(proof(6)))

    assert "Наталія Шевченко" in text
    assert "Nguyễn Thị Hằng" in text
    assert "[U+738B][U+5C0F][U+660E]" in text
    assert "[U+0645]" in text


def test_a_proof_without_members_or_dates_is_still_one() -> None:
    empty = Account(3, "Medlemsmeddelanden 1/2027", "Kallelse", "Ämne", None, None, None, (), ())

    pdf = proofs.write(proofs.Proof(empty, "Eken", "ef" * 32, AT, "Europe/Stockholm"))

    assert "har inte gått ut" in text_of(pdf)


def test_the_proof_is_in_swedish_whoever_asks_for_it() -> None:
    with using("en"):
        assert "Kallelsebevis" in text_of(proofs.write(proof(3)))
