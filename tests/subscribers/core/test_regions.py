"""Municipalities are recognised in the forms that people write."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.core.regions import CountyFact, Gazetteer, MunicipalityFact, RegionFact, forms, genitive
from subscribers.services import regions

KNOWN = Gazetteer(regions.region_facts(), regions.county_facts(), regions.municipality_facts())
COUNTIES = {county.code: county for county in regions.county_facts()}


@pytest.mark.parametrize("municipality", regions.municipality_facts(), ids=lambda m: m.name)
def test_every_municipality_is_known_by_all_its_forms(municipality: MunicipalityFact) -> None:
    name = municipality.name
    own = genitive(name)
    for form in (name, f"{name} kommun", f"{own} kommun", f"{own} stad", f"{name} stad", f"Kommunen {name}"):
        for written in (form, form.upper(), form.lower(), f"  {form.replace(' ', '  ')}\u00a0", f"{form}."):
            for composed in ("NFC", "NFD"):
                assert KNOWN.municipality(unicodedata.normalize(composed, written)) is municipality, written


def test_290_municipalities_are_told_apart() -> None:
    found = {form: KNOWN.municipality(form) for m in regions.municipality_facts() for form in forms(m)}

    assert {m.code for m in found.values() if m} == {m.code for m in regions.municipality_facts()}
    assert len(regions.municipality_facts()) == 290


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Falu kommun", "Falun"),
        ("Falun", "Falun"),
        ("Malmö stad", "Malmö"),
        ("Stockholms stad", "Stockholm"),
        ("Härnösands kommun", "Härnösand"),
        ("Borås Stad", "Borås"),
        ("Gävle kommun", "Gävle"),
        ("Lilla Edets kommun", "Lilla Edet"),
        ("Malung-Sälens kommun", "Malung-Sälen"),
        ("Malung–Sälen", "Malung-Sälen"),
        ("upplands bro", "Upplands-Bro"),
        ("Dals Eds kommun", "Dals-Ed"),
        ("Region Gotland", "Gotland"),
        ("Gotlands kommun", "Gotland"),
        ("HABO", "Habo"),
        ("HÅBO", "Håbo"),
        ("1281", "Lund"),
        ("0180", "Stockholm"),
        ("180", "Stockholm"),
    ],
)
def test_a_municipality_is_recognised_as_what_it_is(written: str, name: str) -> None:
    found = KNOWN.municipality(written)

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "county", [county for county in regions.county_facts() if county.code != "09"], ids=lambda c: c.name
)
def test_a_county_is_not_a_municipality(county: CountyFact) -> None:
    also_a_municipality = {m.name for m in regions.municipality_facts()}

    assert KNOWN.municipality(county.full_name) is None
    assert KNOWN.municipality(f"Region {county.name}") is None
    assert county.name in also_a_municipality or KNOWN.municipality(county.name) is None


def test_gotlands_county_is_no_municipality_but_region_gotland_is() -> None:
    assert KNOWN.municipality("Gotlands län") is None
    assert KNOWN.municipality("Region Gotland") is not None


@pytest.mark.parametrize("region", regions.region_facts(), ids=lambda r: r.slug)
def test_a_region_is_recognised_and_is_not_a_municipality(region: RegionFact) -> None:
    for written in (region.slug, region.name, region.name.upper(), f"Region {region.name}"):
        assert KNOWN.region(written) == region
        assert KNOWN.municipality(written) is None
    assert KNOWN.region(region.name.replace("/", " / ")) == region
    assert KNOWN.region(region.name.replace("/", "-")) == region


@pytest.mark.parametrize(
    "written", ["", " ", "kommun", "stad", "Lundby", "Oslo", "s kommun", "0", "Lund Malmö"]
)
def test_what_is_no_municipality_is_unknown(written: str) -> None:
    assert KNOWN.municipality(written) is None
    assert KNOWN.region(written) is None


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    found = KNOWN.municipality(text)

    assert found is None or found in regions.municipality_facts()


@pytest.mark.parametrize(
    ("written", "county", "region"),
    [
        ("Falun", "Dalarnas län", "gavle-dala"),
        ("Lund", "Skåne län", "skane"),
        ("Gotland", "Gotlands län", "stockholm-gotland"),
        ("Heby", "Uppsala län", "vastmanland-uppsala"),
        ("Kiruna", "Norrbottens län", "norra"),
    ],
)
def test_the_municipality_gives_the_county_and_the_county_the_region(
    written: str, county: str, region: str
) -> None:
    found = KNOWN.municipality(written)

    assert found is not None
    assert KNOWN.county_of(found).full_name == county
    assert KNOWN.region_of(found) == region


def test_two_municipalities_of_one_name_are_a_mistake_in_the_data() -> None:
    with pytest.raises(ValueError, match="may be"):
        Gazetteer(
            regions.region_facts(),
            regions.county_facts(),
            [MunicipalityFact("0001", "Mark", "01"), MunicipalityFact("0002", "Marks", "01")],
        )


def test_a_municipality_in_no_county_is_a_mistake_in_the_data() -> None:
    with pytest.raises(ValueError, match="no known county"):
        Gazetteer(regions.region_facts(), [], [MunicipalityFact("0001", "Mark", "01")])
