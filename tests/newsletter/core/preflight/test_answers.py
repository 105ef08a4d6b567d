"""Which links are asked, and what answers mean."""

import pytest

from newsletter.core.preflight import answers
from newsletter.core.preflight.answers import Answer, Outcome
from newsletter.core.preflight.findings import Severity
from newsletter.core.preflight.matter import Matter
from tests.newsletter.core.preflight.mails import article, page, version

OWN = "https://brev.fyrvannerna.example"
PAGE = "https://a.example/sida"


def matter(url: str) -> Matter:
    body = article(3, f'<p><a href="{url}">Sidan</a></p>')
    return Matter(subject="x", versions=(version(html=page(body)),))


@pytest.mark.parametrize(
    ("url", "is_asked"),
    [
        (PAGE, True),
        ("http://a.example:80/?sida=2", True),
        ("https://a.example:8443/", False),
        ("https://a.example:x/", False),
        ("https://u:p@a.example/", False),
        (f"{OWN}/media/x.pdf", False),
        ("https://a.example/?Token=abc", False),
        ("https://a.example/?key=", False),
        ("ftp://a.example/", False),
        ("mailto:a@a.example", False),
        ("#artikel-3", False),
        ("https:///sida", False),
    ],
)
def test_only_strangers_pages_that_are_nobodys_own_are_asked(url: str, is_asked: bool) -> None:
    assert answers.to_ask(matter(url), own=OWN) == ((url,) if is_asked else ())


def test_links_of_the_frame_are_never_asked() -> None:
    html = page('<p><a href="https://b.example/min-sida/abc">Mina val</a></p>')

    assert answers.to_ask(Matter(subject="x", versions=(version(html=html),)), own=OWN) == ()


def test_a_page_is_asked_once_whatever_place_in_it_is_meant() -> None:
    body = article(3, f'<p><a href="{PAGE}#a">A</a> <a href="{PAGE}#b">B</a></p>')

    both = Matter(subject="x", versions=(version(html=page(body)),))

    assert answers.to_ask(both, own=OWN) == (PAGE,)


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("127.9.9.9", False),
        ("10.0.0.1", False),
        ("172.16.5.5", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("198.51.100.7", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", False),
        ("2002:7f00:1::", False),
        ("2001:0:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_only_addresses_on_the_internet_are_public(address: str, is_public: bool) -> None:
    assert answers.is_public(address) is is_public


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.WELL),
        (204, Outcome.WELL),
        (401, Outcome.UNKNOWN),
        (403, Outcome.UNKNOWN),
        (404, Outcome.GONE),
        (410, Outcome.GONE),
        (429, Outcome.UNKNOWN),
        (500, Outcome.UNKNOWN),
        (999, Outcome.UNKNOWN),
    ],
)
def test_robots_that_are_refused_say_nothing_of_the_page(status: int, outcome: Outcome) -> None:
    assert answers.of_status(status) is outcome


@pytest.mark.parametrize(
    ("outcome", "severity"),
    [
        (Outcome.GONE, Severity.WARNING),
        (Outcome.NO_HOST, Severity.WARNING),
        (Outcome.BAD_CERTIFICATE, Severity.WARNING),
        (Outcome.LOOPS, Severity.WARNING),
        (Outcome.SLOW, Severity.ADVICE),
        (Outcome.MOVED, Severity.ADVICE),
        (Outcome.WELL, None),
        (Outcome.UNKNOWN, None),
    ],
)
def test_each_answer_is_told_as_bad_as_it_is(outcome: Outcome, severity: Severity | None) -> None:
    got = {PAGE: Answer(outcome, leads_to="https://b.example/")}

    found = list(answers.check(matter(f"{PAGE}#del"), got))

    assert [(one.rule, one.severity, one.article_id) for one in found] == (
        [("answer", severity, 3)] if severity else []
    )
    if outcome is Outcome.MOVED:
        assert "mot https://b.example/." in found[0].sentence.format(**found[0].facts)


@pytest.mark.parametrize(
    ("url", "is_right"),
    [
        ("mailto:asa@fyren.example", True),
        ("mailto:asa@fyren.example,bo@fyren.example?subject=Hej", True),
        ("mailto:asa", False),
        ("mailto:", False),
        ("mailto:Åsa Öberg asa@fyren.example", False),
        ("tel:+46701740655", True),
        ("mailto:asa%40fyren.example", True),
        ("tel:+46%208%20123;ext=4", True),
        ("tel:112", True),
        ("tel:08-12 34 56", True),
        ("tel:växeln", False),
        ("tel:12", False),
        ("tel:1234567890123456", False),
    ],
)
def test_addresses_of_mail_and_telephone_are_looked_at_without_asking(url: str, is_right: bool) -> None:
    assert [one.severity for one in answers.check(matter(url), {})] == (
        [] if is_right else [Severity.WARNING]
    )
