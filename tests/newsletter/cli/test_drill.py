"""``rundbrev drill``: real senders, killed; and what is refused before any is started."""

import json
from pathlib import Path

import pytest

from newsletter.drilling import telling
from newsletter.drilling.judging import Kill, judge
from newsletter.drilling.run import Plan, Report
from newsletter.models import DeliveryState
from tests.newsletter.cli.conftest import Run


def report(arrived: dict[int | None, int]) -> Report:
    ledger = {1: DeliveryState.ACCEPTED, 2: DeliveryState.UNKNOWN}
    kills = [Kill(0.5, 7, frozenset({1, 2})), Kill(0.7, 8, frozenset())]
    verdict = judge(ledger, arrived, kills, people=2, allowed=4)
    addresses = {1: "p1@drill.example", 2: "p2@drill.example"}
    return Report(kills, verdict, [], 1.25, addresses, frozenset(filter(None, arrived)))


def test_a_drill_kills_real_senders_and_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    log = tmp_path / "log"
    where = ("--dir", tmp_path / "var", "--log", log)

    status, out, err = run("drill", "--kills", 2, "--recipients", 60, *where, "--json")

    found = json.loads(out)
    assert (status, err) == (0, "")
    assert (found["held"], found["kills"], found["lost"], found["doubled"]) == (True, 2, [], [])
    assert found["accepted"] + len(found["unknown"]) == found["recipients"] == 60
    assert found["sentence"] in log.read_text(encoding="utf-8")
    assert list((tmp_path / "var").iterdir()) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_holds_anything_is_refused(run: Run, tmp_path: Path, database_url: str) -> None:
    url = database_url.replace("+psycopg", "")

    status, _, err = run("drill", "--database", url, "--dir", tmp_path)

    assert status == 1
    assert "finns redan tabeller, och provet rör dem inte. Ange en tom databas." in err


def test_too_few_recipients_for_so_many_kills_are_wrong_use(run: Run) -> None:
    status, _, err = run("drill", "--kills", 20, "--recipients", 199)

    assert status == 2
    assert "det behövs minst 200 mottagare för 20 avbrott." in err


def test_a_log_that_cannot_be_written_is_told_of_before_anything_is_started(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "nowhere" / "log"

    status, _, err = run("drill", "--log", log)

    assert (status, err) == (
        1,
        f"{log} går inte att skriva (No such file or directory). Välj en annan plats med --log.\n",
    )


def test_a_database_that_is_none_is_wrong_use(run: Run) -> None:
    for given in ("mysql://here/x", "tom"):
        assert run("drill", "--database", given)[0] == 2


def test_all_that_is_unknown_is_named_and_whether_it_arrived() -> None:
    plan = Plan(1, 2, 1)

    held = report({1: 1, 2: 1})

    assert telling.holds(held, plan)
    assert telling.unknown_lines(held) == ["ovisst efter avbrott 1: p2@drill.example (kom fram)"]
    assert telling.unknown_lines(report({1: 1})) == [
        "ovisst efter avbrott 1: p2@drill.example (kom inte fram)"
    ]
    assert "1\t0.500\t7\t2\t1\n-\t0.700\t8\t0\t0\n" in telling.log(held, plan, "sqlite")
    assert telling.as_json(held, plan, "sqlite")["unknown"] == [
        {"kill": 1, "recipient": "p2@drill.example", "arrived": True}
    ]


def test_a_drill_that_failed_says_so_in_one_sentence() -> None:
    plan = Plan(1, 2, 1)

    failed = report({2: 2})

    assert not telling.holds(failed, plan)
    assert telling.sentence(failed, plan) == "Provet föll: 1 förlorade, 1 fick två."
    assert telling.as_json(failed, plan, "sqlite")["lost"] == ["p1@drill.example"]


def test_a_drill_with_too_few_kills_proves_too_little() -> None:
    plan = Plan(5, 2, 1)

    short = report({1: 1, 2: 1})

    assert not telling.holds(short, plan)
    assert "1 avbrott av 5 träffade" in telling.sentence(short, plan)
