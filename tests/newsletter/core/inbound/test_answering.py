"""Which mail a machine may answer, and how the answer names it (U10; RFC 3834, RFC 5322 3.6.4)."""

import pytest

from newsletter.core.inbound.answering import may_answer, references
from newsletter.core.inbound.mail import Mail, read


def mail(*fields: str) -> Mail:
    return read("\n".join(("From: asa@example.net", "Subject: avsluta", *fields, "", "avsluta")).encode())


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated",
        "Precedence: bulk",
        "Precedence: list",
        "Precedence: junk",
        "List-Id: <lista.example.net>",
        "List-Post: <mailto:lista@example.net>",
        "list-help: <mailto:lista@example.net>",
        "X-Auto-Response-Suppress: All",
        "X-Auto-Response-Suppress: DR, AutoReply",
        "X-Autoreply: yes",
    ],
)
def test_machines_and_lists_are_never_answered(field: str) -> None:
    """U10."""
    assert not may_answer(mail(field), null_sender=False)


def test_what_came_from_the_null_sender_is_never_answered() -> None:
    """U10."""
    assert not may_answer(mail(), null_sender=True)


@pytest.mark.parametrize("field", ["Auto-Submitted: no", "X-Auto-Response-Suppress: DR, RN", "X-A: b"])
def test_a_person_is_answered(field: str) -> None:
    assert may_answer(mail(field), null_sender=False)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ((), ""),
        (("References: <a@x>",), ""),
        (("Message-ID: <b@x>",), "<b@x>"),
        (("Message-ID: <b@x>", "In-Reply-To: <a@x>"), "<a@x> <b@x>"),
        (("Message-ID: <c@x>", "References: <a@x>\n <b@x>", "In-Reply-To: <b@x>"), "<a@x> <b@x> <c@x>"),
        (("Message-ID: <ö@x>",), ""),
        (("Message-ID: <b@x>", f"References: <{'a' * 300}@x> <a@x>"), "<a@x> <b@x>"),
    ],
)
def test_an_answer_names_the_mail_and_those_before_it(fields: tuple[str, ...], told: str) -> None:
    assert references(mail(*fields)) == told


def test_of_a_long_conversation_the_beginning_and_the_end_are_named() -> None:
    ids = " ".join(f"<{number}@x>" for number in range(2_000))
    told = references(mail("Message-ID: <own@x>", f"References: {ids}")).split()

    assert (len(told), told[0], told[-1]) == (12, "<0@x>", "<own@x>")
