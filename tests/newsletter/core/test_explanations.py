"""What servers and ledgers say, understood."""

import pytest

from newsletter.core.explanations import queue_id, source_parts


@pytest.mark.parametrize(
    ("reply", "number"),
    [
        ("250 2.0.0 Ok: queued as 4F1C2A0B12", "4F1C2A0B12"),
        ("250 OK id=1vMabc-000000001aB-2cDe", "1vMabc-000000001aB-2cDe"),
        (
            "250 2.6.0 <a@b.example> [InternalId=12345678901, Hostname=X.PROD] 12 bytes Queued mail",
            "12345678901",
        ),
        ("250 2.0.0 OK 1795852800 4fb4d7f45d1cf-xyz.12 - gsmtp", "4fb4d7f45d1cf-xyz.12"),
        ("250 2.0.0 5ALC1abc012345 Message accepted for delivery", "5ALC1abc012345"),
        ("250 Ok", ""),
        ("", ""),
    ],
)
def test_the_number_that_a_server_gave_a_mail_is_found(reply: str, number: str) -> None:
    assert queue_id(reply) == number


@pytest.mark.parametrize(
    ("how", "place", "expected"),
    [
        ("one-click", "letter 12", ("one-click", 12)),
        ("before the ledger", "page, letter 3", ("page", 3)),
        ("before the ledger", "register", ("register", None)),
        ("command", "", ("command", None)),
        ("register: mars.csv", "", ("register: mars.csv", None)),
    ],
)
def test_where_a_no_was_said_is_read_from_the_ledger(
    how: str, place: str, expected: tuple[str, int | None]
) -> None:
    assert source_parts(how, place) == expected
