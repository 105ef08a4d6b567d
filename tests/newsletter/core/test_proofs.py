"""The same facts are the same proof, byte for byte."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from newsletter.core import proofs
from newsletter.core.notices import Account, Content, Member, Standing

AT = datetime(2027, 2, 1, 8, 0, 5, tzinfo=UTC)
ANNA = Member(7, "Anna Åkesson", "M001", Standing.ACCEPTED, "anna@lund.example", AT, "250 Ok", "ab" * 32)
ELSA = Member(9, "Elsa Norén", "M005", Standing.NO_ADDRESS, street="Storgatan 1", city="Umeå")
ACCOUNT = Account(
    3, "Medlemsmeddelanden 1/2027", "Kallelse", "Kallelse", date(2027, 2, 1), date(2027, 2, 14), AT,
    (Content("Gemensam", "sv", "ab" * 32, "cd" * 32),), (ANNA, ELSA),
)  # fmt: skip


def test_the_same_facts_give_the_same_bytes_and_another_fact_gives_others() -> None:
    first = proofs.write(ACCOUNT, association="Eken")
    elsewhere = replace(ANNA, at=AT.astimezone(timezone(timedelta(hours=1))))  # the same moment
    refused = replace(ANNA, standing=Standing.REFUSED)

    assert proofs.write(replace(ACCOUNT, members=(elsewhere, ELSA)), association="Eken") == first
    assert proofs.write(replace(ACCOUNT, members=(refused, ELSA)), association="Eken") != first
    assert proofs.digest(first) == hashlib.sha256(first).hexdigest()


def test_the_data_says_what_went_when_and_to_whom_in_words_that_people_can_read() -> None:
    written = proofs.write(ACCOUNT, association="Eken")
    data = json.loads(written)

    assert "Anna Åkesson" in written.decode()
    assert data["notice"]["record_date"] == "2027-02-01"
    assert data["contents"] == [
        {"name": "Gemensam", "language": "sv", "sha256": "ab" * 32, "text_sha256": "cd" * 32}
    ]
    assert data["counts"]["accepted"] == data["counts"]["no-address"] == 1
    assert data["members"][0] == {
        "name": "Anna Åkesson",
        "member_number": "M001",
        "standing": "accepted",
        "address": "anna@lund.example",
        "at": "2027-02-01T08:00:05+00:00",
        "reply": "250 Ok",
        "content": "ab" * 32,
    }
    assert "Storgatan" not in written.decode()  # where people live proves nothing
