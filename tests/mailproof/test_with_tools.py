"""Each mail through the tools that know mail and HTML: a validator, a spam filter, a second parser, rules."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mailproof import gallery, parsers, rules, spam, validator
from tests.mailproof.conftest import UnderProof
from tests.mailproof.mails import Mail
from tests.mailproof.table import Table, wrong

pytestmark = pytest.mark.slow

PAGE = (
    '<!DOCTYPE html><html lang="sv"><head><title>Brev</title>'
    '<meta name="viewport" content="width=device-width"></head>'
    '<body><div lang="sv" dir="ltr"><h1>Ett</h1><h2>Två</h2>'
    '<!--[if mso]><table role="presentation"><![endif]-->'
    '<table role="presentation"><tr><td><img src="a" alt="En mur"></td></tr></table>'
    "<table><tr><th>Ort</th></tr></table>"
    '<a href="https://a.example" style="text-decoration:underline">Till murarna</a></div></body></html>'
)


def test_every_folder_of_a_mail_has_its_values_here() -> None:
    assert gallery.kinds() - {"issue"} == set(gallery.NOTES), "put its values in tests/mailproof/gallery.py"


def test_each_kind_of_mail_is_under_proof(under_proof: UnderProof) -> None:
    kinds = {mail.family.partition(":")[0] for mail in under_proof.mails}

    assert kinds >= gallery.kinds() | {"demo", "trial letter"}
    if under_proof.whole:
        assert sum(mail.family.startswith("demo") for mail in under_proof.mails) == 22, "11 in each language"


def test_the_real_newsletters_are_among_them(
    under_proof: UnderProof, seeds: Callable[[], list[Path]]
) -> None:
    expected = len(seeds()) if under_proof.whole else 2
    found = [mail.family for mail in under_proof.mails if mail.family.startswith("imported")]

    assert len(set(found)) == expected
    assert len(found) == (expected * 22 if under_proof.whole else expected)


def test_the_rules_of_the_consortium_are_kept(under_proof: UnderProof, table: Table) -> None:
    """X1 to X6, X8 to X12."""
    faults = {mail: rules.faults(mail.html) for mail in under_proof.mails}

    table.tell("EMC rules", under_proof.mails, faults)
    assert wrong(faults) == {}


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("X1", ' dir="ltr"', ""),
        ("X2", '<div lang="sv"', "<div"),
        ("X3", '<table role="presentation"><![endif]', "<table><![endif]"),
        ("X3", "<th>Ort</th>", "<td>Ort</td>"),
        ("X4", "<h2>Två</h2>", "<h3>Två</h3>"),
        ("X4", "<h1>Ett</h1><h2>Två</h2>", ""),
        ("X5", "Till murarna", ""),
        ("X6", '<html lang="sv">', "<html>"),
        ("X8", ' alt="En mur"', ""),
        ("X9", "<title>Brev</title>", "<title> </title>"),
        ("X10", "Till murarna", "Läs mer"),
        ("X10", "Till murarna", "here."),
        ("X11", "underline", "none"),
        ("X12", "device-width", "device-width, maximum-scale=1"),
        ("X12", "<h1>Ett</h1><h2>", '<h1 id="a">Ett</h1><h2 id="a">'),
        ("X12", "<td>", '<td aria-labelledby="nobody">'),
    ],
)
def test_what_is_against_a_rule_is_found(rule: str, before: str, after: str) -> None:
    assert rules.faults(PAGE) == []
    assert before in PAGE

    found = rules.faults(PAGE.replace(before, after))

    assert {fault.partition(":")[0] for fault in found} == {rule}


def test_the_validator_finds_only_what_mail_needs(
    under_proof: UnderProof, table: Table, tmp_path: Path
) -> None:
    broken = Mail("broken", "", b"Content-Type: text/html\n\n" + PAGE.encode().replace(b"h2", b"h7"))
    *found, of_broken = validator.said([*under_proof.mails, broken], tmp_path)
    faults = {mail: validator.faults(said) for mail, said in zip(under_proof.mails, found, strict=True)}

    table.tell("Nu validator", under_proof.mails, faults)
    assert validator.faults(of_broken), "it looks at nothing"
    assert wrong(faults) == {}
    every = {sentence for said in found for sentence in said}
    unused = [e.sentence for e in validator.allowed() if not any(re.fullmatch(e.sentence, s) for s in every)]
    assert unused == [], "nothing needs this any longer"


def test_what_the_validator_may_say_has_its_reason() -> None:
    for each in validator.allowed():
        assert len(each.reason) > 40, each


def test_no_mail_looks_like_spam(under_proof: UnderProof, table: Table) -> None:
    mails = under_proof.mails if under_proof.whole else _handful(under_proof.mails)
    spoilt = Mail("spam", "", mails[0].message.replace(b"\r\n\r\n", b"\r\n\r\n" + spam.SPAM, 2))
    *verdicts, of_spoilt = spam.verdicts([*mails, spoilt])
    faults = {
        mail: [f"{verdict.points} {verdict.tests}"] if verdict.points > spam.MOST_POINTS else []
        for mail, verdict in zip(mails, verdicts, strict=True)
    }

    table.tell("SpamAssassin", mails, faults, _worst(mails, [verdict.points for verdict in verdicts]))
    assert of_spoilt.points > 5, "it looks at nothing"
    assert wrong(faults) == {}


def test_two_parsers_read_the_same(under_proof: UnderProof, table: Table) -> None:
    """F1."""
    faults = {mail: parsers.disagreements(mail.message) for mail in under_proof.mails}

    table.tell("MIME parsers", under_proof.mails, faults)
    assert wrong(faults) == {}


def test_two_parsers_do_not_always_read_the_same(under_proof: UnderProof) -> None:
    """A part that ends nowhere, a charset that is none: so the comparison compares."""
    message = under_proof.mails[0].message

    assert parsers.disagreements(message.replace(b"charset=utf-8", b"charset=latin-1"))


def _handful(mails: list[Mail]) -> list[Mail]:
    """Return a few mails of each kind: the filter takes most of a second for one."""
    issues = [mail for mail in mails if ":" in mail.family]
    return [*[mail for mail in mails if mail not in issues][::12], *issues]


def _worst(mails: list[Mail], points: list[float]) -> dict[str, str]:
    worst: dict[str, float] = {}
    for mail, its in zip(mails, points, strict=True):
        worst[mail.family] = max(its, worst.get(mail.family, its))
    return {family: f"{round(its, 1) or 0.0:.1f}" for family, its in worst.items()}
