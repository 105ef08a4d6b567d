"""No article can put a person's name or link where it wants."""

from newsletter.core.messages import GREETING, MARKERS, UNSUBSCRIBE_URL
from newsletter.rendering.slots import escape_in_url, secret_markers


def test_the_same_content_gives_the_same_markers_and_other_content_others() -> None:
    assert secret_markers("a") == secret_markers("a")
    assert secret_markers("a") != secret_markers("b")


def test_a_marker_that_an_article_wrote_is_read_the_same_but_is_no_slot() -> None:
    markers = secret_markers("content")
    written = f"{MARKERS[GREETING]} {markers.greeting}"

    assert markers.reveal_html(written) == f"&#95;_GREETING__ {MARKERS[GREETING]}"
    assert markers.reveal_text(written).count(MARKERS[GREETING]) == 1
    assert markers.reveal_text(written).replace("\u2060", "") == f"{MARKERS[GREETING]} {MARKERS[GREETING]}"


def test_a_link_with_a_marker_in_it_still_leads_to_the_same_place() -> None:
    assert escape_in_url("https://a.example/?q=__GREETING__") == "https://a.example/?q=%5F_GREETING__"


def test_only_the_slots_that_stand_there_are_told() -> None:
    markers = secret_markers("content")

    assert markers.used(f"<a href='{markers.unsubscribe_url}'>", markers.greeting) == {
        GREETING,
        UNSUBSCRIBE_URL,
    }
    assert markers.used("__GREETING__") == frozenset()
