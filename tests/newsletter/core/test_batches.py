"""A batch is about what a sender can send in a second."""

from datetime import timedelta

from newsletter.core.batches import LARGEST, SMALLEST, next_size


def after(size: int, seconds_each: float, batches: int = 20) -> int:
    for _ in range(batches):
        size = next_size(size, timedelta(seconds=size * seconds_each))
    return size


def test_with_a_quick_server_batches_grow_to_the_largest() -> None:
    assert after(SMALLEST, 0.0004) == LARGEST


def test_with_a_slow_server_batches_shrink_to_the_smallest() -> None:
    assert after(LARGEST, 2.0) == SMALLEST


def test_in_between_a_batch_takes_about_a_second() -> None:
    size = after(SMALLEST, 0.02)

    assert timedelta(seconds=0.4) <= timedelta(seconds=size * 0.02) <= timedelta(seconds=1.5)
