"""Events as browsers read them."""

from newsletter.web.streams import written


def test_each_line_is_a_field_and_an_event_ends_with_an_empty_line() -> None:
    assert written("live", "<p>\n å\r\n</p>") == "event: live\ndata: <p>\ndata:  å\ndata: </p>\n\n"
    assert written("over", "") == "event: over\ndata: \n\n"


def test_no_text_can_begin_an_event_of_its_own() -> None:
    forged = written("live", "x\n\nevent: over\ndata: y")

    assert forged.count("\nevent:") == 0
    assert "data: event: over\n" in forged
