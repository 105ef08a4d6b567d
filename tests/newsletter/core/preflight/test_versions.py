"""Our own mails pass every check, and every check is asked."""

from dataclasses import replace

import pytest

from newsletter.core import colours
from newsletter.core.preflight import (
    contrast,
    dark_modes,
    documents,
    hosts,
    leaks,
    markup,
    message,
    parity,
    placeholders,
    size,
    styles,
    support,
)
from newsletter.core.preflight.findings import Finding, Severity
from newsletter.core.preflight.matter import Matter, Version
from newsletter.core.preflight.versions import check_version
from newsletter.rendering.values import IssueView
from tests.newsletter.core.preflight.mails import RICH, article, matter_of, page, rendered, version
from tests.newsletter.rendering.samples import CHAIR, LEAD, with_articles

VIEWS = {
    "a rich issue": RICH,
    "its frame in English": replace(RICH, language="en"),
    "a member notice": replace(RICH, can_unsubscribe=False),
    "one article": with_articles(CHAIR),
    "without a preheader": replace(RICH, preheader=""),
    "articles without sections": with_articles(LEAD, CHAIR),
    "a bright accent": replace(RICH, frame=replace(RICH.frame, accent="#ffcc00")),
    "a blue accent": replace(RICH, frame=replace(RICH.frame, accent="#0000ff")),
}
#: The rich issue as its regions would get it by mistake: in each, one article is for others.
LEAKING = [
    replace(
        rendered(RICH),
        name=f"Variant {number}",
        article_ids=tuple(one for one in rendered(RICH).article_ids if one != number),
    )
    for number in rendered(RICH).article_ids
]
REMEMBERING = (
    colours._luminance,
    dark_modes._lab,
    dark_modes.turned,
    documents.document,
    leaks._said_by,
    leaks._secrets,
    message.read,
    styles.declared,
    styles._read_rules,
    styles.colour,
)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS.keys())
def test_our_own_mails_pass_every_check(view: IssueView) -> None:
    assert list(check_version(rendered(view), matter_of(view))) == []


def test_a_region_without_some_of_the_articles_passes_too() -> None:
    """The other articles are hidden from it, and nothing of theirs is there."""
    seen = replace(
        RICH,
        sections=tuple(
            replace(section, items=tuple(i for i in section.items if i.article_id not in (4, 8)))
            for section in RICH.sections
        ),
    )

    assert list(check_version(rendered(seen), matter_of(RICH))) == []


def test_what_is_remembered_of_one_variant_changes_nothing_for_another() -> None:
    alone = [_from_cold(variant) for variant in LEAKING]

    after_others = [list(check_version(variant, matter_of(RICH))) for variant in reversed(LEAKING)]

    assert list(reversed(after_others)) == alone
    assert all(any(found.rule == "leak" for found in findings) for findings in alone)


def test_an_article_is_read_once_for_all_variants(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    plain = leaks.plain
    monkeypatch.setattr(leaks, "plain", lambda markdown: read.append(markdown) or plain(markdown))
    _forget()

    for variant in LEAKING:
        list(check_version(variant, matter_of(RICH)))

    # A lead and a body, each once as a secret and once as what may be seen.
    assert len(read) <= 4 * len(RICH.items)


def _from_cold(variant: Version) -> list[Finding]:
    _forget()
    return list(check_version(variant, matter_of(RICH)))


def _forget() -> None:
    for function in REMEMBERING:
        function.cache_clear()


def test_practice_on_ones_own_machine_is_told_once_and_is_no_reason_to_stop() -> None:
    found = list(check_version(rendered(RICH, "http://127.0.0.1:8000"), matter_of(RICH)))

    assert [(one.rule, one.severity) for one in found] == [("U1", Severity.ADVICE)]
    assert found[0].sentence.startswith("Övningsläge")


def test_the_small_mail_of_these_tests_is_as_it_should_be() -> None:
    assert list(check_version(version(), Matter(subject="Linsen"))) == []


@pytest.mark.parametrize(
    "module",
    [contrast, hosts, leaks, markup, message, parity, placeholders, size, support],
)
def test_every_check_is_asked(module: object, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(module, "check", lambda *given: iter(asked.append(given) or ()))

    list(check_version(version(), Matter(subject="Linsen")))

    assert len(asked) == 1


def test_a_finding_names_its_variant_and_its_article() -> None:
    html = page(article(3, '<p><a href="https://a.example/" style="text-decoration:underline">här</a></p>'))

    (found,) = [one for one in check_version(version(html=html), Matter(subject="x")) if one.rule == "X10"]

    assert (found.variants, found.article_id) == (("Skåne",), 3)
    assert "här" in found.sentence.format(**found.facts)
