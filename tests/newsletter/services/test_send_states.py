"""A send's state in words."""

import pytest

from newsletter.language import using
from newsletter.models import DeliveryState
from newsletter.services import send_states
from newsletter.services.progress import Count, Line


@pytest.mark.parametrize(
    ("rate", "swedish", "english"),
    [
        (212.4, "212 brev i sekunden", "212 letters a second"),
        (1.0, "1 brev i sekunden", "1 letter a second"),
        (0.5, "30 brev i minuten", "30 letters a minute"),
        (1 / 60, "1 brev i minuten", "1 letter a minute"),
    ],
)
def test_a_speed_is_said_by_the_second_or_by_the_minute(rate: float, swedish: str, english: str) -> None:
    assert send_states.speed(rate) == swedish
    with using("en"):
        assert send_states.speed(rate) == english


@pytest.mark.parametrize(
    ("state", "held", "over"),
    [
        ("done", 0, True),
        ("stopped", 1, False),
        ("stopped", 0, True),
        ("later", 0, False),
        ("paused", 0, False),
    ],
)
def test_a_send_is_over_when_nothing_more_happens_by_itself(state: str, held: int, over: bool) -> None:
    total = Line("")
    total.add(Count("", "", DeliveryState.SENDING, held, None))

    assert send_states.is_over(state, total) is over
