"""Addresses that are what they look like: P11."""

import pytest

from newsletter.core.preflight import hosts
from newsletter.core.preflight.findings import Finding, Place
from tests.newsletter.core.preflight.mails import FIELDS, LINK, article, page, rules, version

CYRILLIC_A = "\N{CYRILLIC SMALL LETTER A}"


def found(url: str = "https://fyrar.example/", fields: dict[str, str] | None = None) -> list[Finding]:
    body = article(2, f'<a href="{url}" {LINK}>Fyrarnas linser</a>')
    return list(hosts.check(version(html=page(body), fields=fields)))


@pytest.mark.parametrize(
    "host",
    [
        "fyrar.example",
        "www.fyrvannerna.example",
        "brev.fyrvannerna.example",
        "äppelvänner.example",
        "xn--ppelvnner-x2aj.example",
        "россия.example",
        "там.example",
        "мой-брат.example",
        "مثال٣.example",
        "例え.example",
        "ひらがなkanji漢字.example",
        "한국어.example",
        "ελλάδα.example",
        "a-1.example",
        "127.0.0.1",
        "",
    ],
)
def test_honest_hosts(host: str) -> None:
    assert not hosts.deceives(host, "fyrvannerna.example")


@pytest.mark.parametrize(
    "host",
    [
        f"b{CYRILLIC_A}nk.example",
        f"B{CYRILLIC_A}NK.example",
        "xn--bnk-6cd.example",
        "асе.example",  # all Cyrillic, and looks like "ace"
        "ροαυ.example",  # all Greek, and looks like "poau"
        "googleа.example",
        "xn--a.example",  # an A-label that stands for nothing
        "漢字кир.example",
        "ραу.example",  # Greek and Cyrillic
    ],
)
def test_hosts_that_read_as_others(host: str) -> None:
    assert hosts.deceives(host)


@pytest.mark.parametrize("host", ["fyrvännerna.example", "fyrvannema.example", "fyrvannerna.examp1e"])
def test_a_host_that_reads_as_our_own_and_is_another(host: str) -> None:
    assert hosts.deceives(host, "fyrvannerna.example")
    assert not hosts.deceives(host)


def test_such_a_host_is_told_in_a_link() -> None:
    assert rules(found("https://brev.fyrvannerna.example/")) == []
    assert rules(found("https://fyrvannema.example/")) == ["P11"]


def test_a_link_that_deceives_is_told_in_its_article() -> None:
    (one,) = found(f"https://b{CYRILLIC_A}nk.example/logga-in")

    assert (one.rule, one.article_id, one.place) == ("P11", 2, Place.BODY)
    assert rules(found(f"mailto:kassa@b{CYRILLIC_A}nk.example?subject=x")) == ["P11"]


@pytest.mark.parametrize(
    "url", ["https://bank.example@ond.example/", "https://a:b@ond.example", "http://@ond.example"]
)
def test_nothing_stands_before_an_at_in_a_link(url: str) -> None:
    assert rules(found(url)) == ["P11"]


@pytest.mark.parametrize(
    "url", ["https://fyrar.example/@linsen", "mailto:a@b.example", "https://[::1", "#x", "tel:+46"]
)
def test_other_ats_are_fine(url: str) -> None:
    assert found(url) == []


@pytest.mark.parametrize("name", ["From", "Reply-To"])
def test_the_senders_own_addresses_are_looked_at(name: str) -> None:
    (one,) = found(fields={**FIELDS, name: "Kassan <kassa@xn--bnk-6cd.example>"})

    assert (one.rule, one.place, one.facts["field"]) == ("P11", Place.SETTINGS, name)
