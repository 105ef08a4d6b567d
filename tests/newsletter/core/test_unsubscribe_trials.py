"""Where a trial's mail is, and when a trial is over."""

from datetime import timedelta

import pytest

from newsletter.core.unsubscribe_trials import Mailed, mailed_of
from tests.conftest import NOON

SOON, LATE = NOON + timedelta(seconds=5), NOON + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("open_still", "taken", "back", "late", "is_"),
    [
        (True, False, False, False, Mailed.WAITING),
        (True, False, False, True, Mailed.NOT_TAKEN),
        (False, False, False, False, Mailed.NOT_TAKEN),
        (False, True, False, False, Mailed.UNDERWAY),
        (False, True, False, True, Mailed.LOST),
        (False, True, True, True, Mailed.WORKS),
        (True, False, True, False, Mailed.WORKS),  # home before the relay's answer was written down
    ],
)
def test_where_the_mail_is(open_still: bool, taken: bool, back: bool, late: bool, is_: Mailed) -> None:
    told = mailed_of(
        begun_at=NOON,
        open_still=open_still,
        taken_at=SOON if taken else None,
        back_at=SOON if back else None,
        now=LATE if late else SOON,
    )

    assert told is is_
