"""Findings: one line for what stands in many variants, and the worst first."""

from newsletter.core.preflight.findings import Finding, Place, Severity, together


def test_the_same_fault_in_ten_variants_is_one_line() -> None:
    fault = Finding("X8", Severity.WARNING, "Bilden saknar text.", {"title": "Ett"}, Place.PICTURES, 7)

    (one,) = together(fault.in_variant(name) for name in ("Skåne", "Norra", "Skåne", "Väst"))

    assert one.variants == ("Skåne", "Norra", "Väst")


def test_another_article_place_or_fact_is_another_line() -> None:
    fault = Finding("X8", Severity.WARNING, "Bilden saknar text.", {"title": "Ett"}, Place.PICTURES, 7)
    others = [
        Finding("X8", Severity.WARNING, "Bilden saknar text.", {"title": "Ett"}, Place.PICTURES, 8),
        Finding("X8", Severity.WARNING, "Bilden saknar text.", {"title": "Ett"}, Place.BODY, 7),
        Finding("X8", Severity.WARNING, "Bilden saknar text.", {"title": "Två"}, Place.PICTURES, 7),
    ]

    assert len(together([fault, *others])) == 4


def test_what_stops_comes_first_and_the_rest_keeps_its_order() -> None:
    found = together(
        Finding(rule, severity, rule)
        for rule, severity in (
            ("a", Severity.ADVICE),
            ("b", Severity.WARNING),
            ("c", Severity.STOP),
            ("d", Severity.WARNING),
        )
    )

    assert [each.rule for each in found] == ["c", "b", "d", "a"]
