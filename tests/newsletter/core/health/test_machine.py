"""The machine's own checks: what is told of database, disk and clock."""

from datetime import timedelta

import pytest

from newsletter.core.health import machine
from newsletter.core.health.checks import Check, Level
from newsletter.core.health.machine import Clock, Database


def told(checks: list[Check]) -> dict[str, Level]:
    assert all(each.says.format(**each.facts) and each.do.format(**each.facts) is not None for each in checks)
    return {each.name: each.level for each in checks}


def test_a_database_keeps_its_word_or_it_is_said() -> None:
    good = Database("SQLite", "3.40", "0033", "0033")

    assert told(list(machine.database(good))) == {"database": Level.GREEN}
    old = Database("SQLite", "3.40", "0031", "0033")
    assert told(list(machine.database(old))) == {"migrations": Level.RED}
    risky = Database("PostgreSQL", "15", "0033", "0033", "fsync=off")
    assert told(list(machine.database(risky))) == {"durability": Level.RED}


@pytest.mark.parametrize(
    ("free", "level"), [(80_000_000_000, Level.GREEN), (900_000_000, Level.AMBER), (1_000_000, Level.RED)]
)
def test_a_disk_fills_up_in_steps(free: int, level: Level) -> None:
    assert told([machine.disk("/var/lib/rundbrev", free)]) == {"disk": level}


@pytest.mark.parametrize(
    ("known", "level"),
    [
        ({"synchronised": True}, Level.GREEN),
        ({"database_apart": timedelta(seconds=-2)}, Level.GREEN),
        ({}, Level.AMBER),
        ({"synchronised": False}, Level.AMBER),
        ({"synchronised": True, "database_apart": timedelta(minutes=-3)}, Level.RED),
        ({"web_apart": timedelta(hours=1)}, Level.RED),
    ],
)
def test_a_clock_is_told_as_far_as_it_can_be_known(known: dict[str, object], level: Level) -> None:
    clock = Clock("Europe/Stockholm", "14.02", **known)  # type: ignore[arg-type]

    assert told(list(machine.clock(clock))) == {"zone": Level.GREEN, "clock": level}
