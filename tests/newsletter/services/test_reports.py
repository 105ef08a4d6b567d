"""Figures that nobody has counted are none, and not nought."""

from collections import Counter

from newsletter.services.reports import Figures, summed


def test_what_nobody_has_counted_stays_unknown_in_the_sum() -> None:
    assert summed([Figures(), Figures()]).bounced is None
    assert summed([Figures(bounced=2), Figures(bounced=None), Figures(bounced=1)]).bounced == 3
    assert summed([Figures(replies=0)]).replies == 0


def test_open_letters_are_those_that_are_still_to_be_settled() -> None:
    figures = Figures(10, Counter({"queued": 1, "sending": 2, "waiting": 3, "accepted": 4}))

    assert (figures.open, figures.accepted, figures.refused) == (6, 4, 0)
