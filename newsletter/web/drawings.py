"""A send's letters over time as a line: numbers for inline SVG, and the same for the table beside it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.core.tempo import Course
from newsletter.services import send_states

#: The picture, in its own units; it is as wide as the page lets it be.
WIDTH, HEIGHT = 480, 64

#: Fewer slices are no line, and are told in words alone.
_FEWEST = 4


@dataclass(frozen=True, slots=True)
class Drawing:
    """A line (``points`` of a polyline, and of the ``area`` under it), its peak in words, and its table.

    ``slices`` are when each begins and how many letters it had; each is ``seconds`` long.
    """

    points: str
    area: str
    peak: str
    begins: datetime
    ends: datetime
    seconds: int
    slices: tuple[tuple[datetime, int], ...]


def drawn(course: Course) -> Drawing | None:
    """Draw a course; None where it is too short."""
    slices = course.slices
    if len(slices) < _FEWEST:
        return None
    most = max(each.letters for each in slices)
    step = WIDTH / (len(slices) - 1)
    # A little below the edge, so that the line is whole where it is highest.
    heights = (HEIGHT - 1 - (HEIGHT - 3) * each.letters / most for each in slices)
    points = " ".join(f"{step * number:.1f},{height:.1f}" for number, height in enumerate(heights))
    return Drawing(
        points=points,
        area=f"0,{HEIGHT} {points} {WIDTH},{HEIGHT}",
        peak=send_states.speed(course.fastest),
        begins=slices[0].begins,
        ends=slices[-1].begins + timedelta(seconds=course.seconds),
        seconds=course.seconds,
        slices=tuple((each.begins, each.letters) for each in slices),
    )
