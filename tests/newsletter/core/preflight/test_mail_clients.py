"""The table of what mail clients drop: whole, sourced, and with nothing in it that cannot be met."""

import re
from datetime import date

import pytest

from newsletter.core.preflight.mail_clients import CLIENTS, TABLE, Fallback, Sort


def test_every_row_names_who_drops_it_its_source_and_its_day() -> None:
    for row in TABLE:
        assert row.dropped_by, row
        assert row.dropped_by <= set(CLIENTS), row
        assert re.fullmatch(r"https://www\.caniemail\.com/features/(css|html|image)-[a-z0-9-]+/", row.source)
        assert date(2019, 1, 1) < date.fromisoformat(row.tested) < date(2025, 9, 10), row


def test_no_feature_stands_twice() -> None:
    assert len({(row.sort, row.name) for row in TABLE}) == len(TABLE)


def test_every_sort_and_every_fallback_is_there() -> None:
    assert {row.sort for row in TABLE} == set(Sort)
    assert {row.fallback for row in TABLE} == set(Fallback)


@pytest.mark.parametrize(
    ("name", "value", "features"),
    [
        ("border-top-left-radius", "3px", {"border-radius"}),
        ("width", "12rem", {"width", "rem"}),
        ("color", "rgb(1 2 3)", {"rgb(0 0 0)"}),
        ("color", "rgba(1, 2, 3, .5)", {"rgba()"}),
        ("color", "rgb(1, 2, 3)", set()),
        ("display", "block", set()),
        ("display", "inline-flex", {"display: flex"}),
        ("margin", "0 -4px", {"margin below 0", "margin of a span"}),
        ("position", "static", set()),
        ("text-indent", "2em", set()),
        ("font-family", "system-ui, serif", {"system-ui"}),
        ("color", "red", set()),
        ("background", "#fff", set()),
    ],
)
def test_a_declaration_is_known_by_its_name_and_value(name: str, value: str, features: set[str]) -> None:
    found = {row.name for row in TABLE if row.sort is Sort.DECLARATION and row.names(name, value)}

    assert found == features
