"""The reasons are the same words on both sides of the packages' border."""

from newsletter.models import LeftOutReason
from subscribers.core.audience import NotReached


def test_every_reason_that_the_register_gives_is_one_that_the_ledger_knows() -> None:
    assert {reason.value for reason in NotReached} <= {reason.value for reason in LeftOutReason}
    assert all(LeftOutReason(reason.value).name == reason.name for reason in NotReached)
