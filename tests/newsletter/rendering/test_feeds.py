"""The feed is a valid Atom document, the same for the same issues, and says when something was put right."""

from dataclasses import replace
from datetime import UTC, date, datetime

from lxml import etree
from markupsafe import Markup

from newsletter.rendering.archived import Article, Section
from newsletter.rendering.feeds import Feed, FeedIssue, write

NS = {"a": "http://www.w3.org/2005/Atom"}
SENT = datetime(2027, 6, 1, 7, 0, tzinfo=UTC)
HTML = Markup(
    '<h2 class="title" id="artikel-1">Linsen &amp; <em>ljuset</em></h2>'
    '<p>Se <a href="../prenumerera">hit</a> '
    'och <a href="#artikel-2">dit</a>.</p><img src="../media/fyr.jpg" alt="En fyr">'
)
ISSUE = FeedIssue(
    key="nyhetsbrev-2027-6",
    title="Juni <nu> & \x0bsen",
    summary="Kort sagt",
    sent_at=SENT,
    changed_at=SENT,
    sections=(Section("Hemma", (Article("Linsen", "artikel-1", "sv", "ltr", HTML),)),),
)
FEED = Feed("Fyrvännerna", "Fyrvännerna", "https://brev.fyrar.example/post", (ISSUE,))


def read(feed: Feed) -> etree._Element:
    return etree.fromstring(write(feed))


def one(root: etree._Element, path: str) -> str:
    [found] = root.xpath(path, namespaces=NS)
    return str(found)


def test_it_holds_what_rfc_4287_asks_of_a_feed_and_of_its_entries() -> None:
    root = read(FEED)

    assert root.tag == f"{{{NS['a']}}}feed"
    for path in ("a:id", "a:title", "a:updated", "a:author/a:name", "a:entry/a:id", "a:entry/a:title"):
        assert one(root, f"{path}/text()")
    assert one(root, "a:link[@rel='self']/@href") == "https://brev.fyrar.example/post/arkiv/flode.xml"
    assert one(root, "a:entry/a:link/@href") == "https://brev.fyrar.example/post/arkiv/nyhetsbrev-2027-6"
    assert one(root, "a:entry/a:id/text()") == "tag:brev.fyrar.example,2027-06-01:nyhetsbrev-2027-6"
    assert one(root, "a:entry/a:title/text()") == "Juni <nu> & sen"
    assert one(root, "a:entry/a:published/text()") == "2027-06-01T07:00:00Z"


def test_its_articles_are_whole_and_their_addresses_hold_anywhere() -> None:
    content = one(read(FEED), "a:entry/a:content[@type='html']/text()")

    assert "Linsen &amp; <em>ljuset</em>" in content
    assert 'href="https://brev.fyrar.example/post/prenumerera"' in content
    assert 'src="https://brev.fyrar.example/post/media/fyr.jpg"' in content
    assert 'href="https://brev.fyrar.example/post/arkiv/nyhetsbrev-2027-6#artikel-2"' in content


def test_the_id_stays_and_updated_moves_when_something_is_put_right() -> None:
    at = datetime(2027, 6, 4, 12, 0, tzinfo=UTC)
    story = replace(ISSUE.sections[0].articles[0], corrected=((date(2027, 6, 4), "Mötet är kl. 18."),))
    later = replace(ISSUE, changed_at=at, sections=(Section("", (story,)),))
    before, after = read(FEED), read(replace(FEED, issues=(later,)))

    assert one(after, "a:entry/a:id/text()") == one(before, "a:entry/a:id/text()")
    assert one(after, "a:entry/a:updated/text()") == one(after, "a:updated/text()") == "2027-06-04T12:00:00Z"
    assert "<strong>Rättat den 4 juni:</strong> Mötet är kl. 18." in one(after, "a:entry/a:content/text()")


def test_the_same_issues_give_the_same_bytes_and_none_a_feed_of_nothing() -> None:
    assert write(FEED) == write(FEED)
    empty = read(replace(FEED, issues=()))
    assert one(empty, "a:updated/text()")
    assert empty.xpath("a:entry", namespaces=NS) == []
