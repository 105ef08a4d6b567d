"""Checks are kept as JSON, put in order, and what could not be known goes when it is answered."""

import json

from newsletter.core.health.checks import Check, Group, Level, Record, answered, in_order, printable, worst

UNSURE = Check(Group.DOMAIN, "dkim", Level.AMBER, "Det syns först sedan.", until="came-dkim")
KNOWN = Check(Group.BOOMERANG, "came-dkim", Level.GREEN, "Signaturen höll.")
WRONG = Check(
    Group.DOMAIN, "spf", Level.RED, "{domain} har ingen.", "Lägg in den.", {"domain": "appel.example"},
    (Record("appel.example", "TXT", "v=spf1 ~all"),), "inget", "appel.example",
)  # fmt: skip


def test_a_check_comes_back_as_it_was_kept() -> None:
    assert Check.of(json.loads(json.dumps(WRONG.plain()))) == WRONG


def test_the_worst_stands_first_and_says_how_it_is_as_a_whole() -> None:
    assert in_order([KNOWN, UNSURE, WRONG]) == [WRONG, UNSURE, KNOWN]
    assert worst([KNOWN, UNSURE]) is Level.AMBER
    assert worst([]) is Level.GREEN


def test_what_a_mail_has_answered_is_unsure_no_more() -> None:
    assert answered([UNSURE, KNOWN]) == [KNOWN]
    assert answered([UNSURE, WRONG]) == [UNSURE, WRONG]


def test_what_a_server_says_is_one_line_of_it() -> None:
    assert printable("220 Hej\r\n\x1b[31m då " + "x" * 400)[:14] == "220 Hej [31m d"
    assert len(printable("x" * 400)) == 300
