"""The fictional association has everybody a release must handle, and is the same every time."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from newsletter.demo import names
from newsletter.demo.association import LEAST_PEOPLE, Resident, generate, sample_staff, settle
from newsletter.errors import NewsletterError
from subscribers.core.addresses import parse
from subscribers.core.audience import NotReached
from subscribers.core.authority import Everything
from subscribers.models import ListPurpose, RoleName, Subscriber, Subscription
from subscribers.services import lists, regions, roles
from subscribers.services.audience import summary
from tests.conftest import NOON

ALL = Everything("test")
SLUGS = {region.slug for region in regions.region_facts()}
COUNTY_REGION = {county.code: county.region for county in regions.county_facts()}


def addresses(residents: tuple[Resident, ...]) -> Counter[str]:
    return Counter(new.address.canonical for r in residents for new in r.person.addresses)


def region(resident: Resident) -> str | None:
    code = resident.person.municipality_code
    return COUNTY_REGION[code[:2]] if code else None


@pytest.fixture(scope="module")
def four_hundred() -> tuple[Resident, ...]:
    return generate(400)


@pytest.fixture(scope="module", params=[LEAST_PEOPLE, 57, 400, 5_000])
def association(request: pytest.FixtureRequest) -> tuple[Resident, ...]:
    return generate(request.param)


def test_the_same_seed_makes_the_same_people_and_another_makes_others() -> None:
    assert generate(400, seed=7) == generate(400, seed=7)
    assert generate(400, seed=7) != generate(400, seed=8)


def test_an_association_has_one_officer_and_a_lead_for_every_region(
    association: tuple[Resident, ...],
) -> None:
    appointed = [r for r in association if r.appointment]

    assert [r.appointment.role for r in appointed if r.appointment].count(RoleName.OFFICER) == 1
    leads = {r.appointment.region: region(r) for r in appointed if r.appointment and r.appointment.region}
    assert leads == {slug: slug for slug in SLUGS}, "and each lives in the region"
    assert len(appointed) == 11


def test_every_special_case_is_there_however_few_they_are(association: tuple[Resident, ...]) -> None:
    shared = [address for address, count in addresses(association).items() if count > 1]
    people = [r.person for r in association]

    assert len(shared) == 1
    assert addresses(association)[shared[0]] == 2
    assert sum(new.address.needs_smtputf8 for p in people for new in p.addresses[:1]) == 2
    for case in (
        [p for p in people if not p.addresses],
        [p for p in people if len(p.addresses) == 2],
        [p for p in people if p.declined],
        [r for r in association if r.suppressed],
        [p for p in people if p.member_since is None],
        [r for r in association if region(r) is None],
        [p for p in people if p.language == "en"],
    ):
        assert 1 <= len(case) < len(people) / 5


def test_four_hundred_are_about_what_an_association_is(four_hundred: tuple[Resident, ...]) -> None:
    people = [r.person for r in four_hundred]

    assert len(people) == 400
    assert sum(not p.addresses for p in people) == 12
    assert sum(len(p.addresses) == 2 for p in people) == 32
    assert sum(bool(p.declined) for p in people) == 6
    assert sum(r.suppressed for r in four_hundred) == 1
    assert sum(p.member_since is None for p in people) == 3
    assert {region(r) for r in four_hundred} == SLUGS | {None}
    assert min(Counter(map(region, four_hundred))[slug] for slug in SLUGS) >= 10


def test_names_are_swedish_and_differ(four_hundred: tuple[Resident, ...]) -> None:
    full = [f"{r.person.given_name} {r.person.family_name}" for r in four_hundred]

    assert len(set(full)) >= 398
    assert sum(any(letter in name.lower() for letter in "åäö") for name in full) > 100
    assert len(names.GIVEN_NAMES) == len(set(names.GIVEN_NAMES)) >= 120
    assert len(names.FAMILY_NAMES) == len(set(names.FAMILY_NAMES)) >= 120


def test_no_letter_can_reach_anybody_real(association: tuple[Resident, ...]) -> None:
    """RFC 2606: nobody can own a domain under .example."""
    for resident in association:
        for new in resident.person.addresses:
            assert new.address.canonical.endswith(".example")
            assert new.address == parse(new.address.written), "as a checked address would be"


def test_only_domains_with_swedish_letters_and_plain_ones_are_there(
    four_hundred: tuple[Resident, ...],
) -> None:
    domains = {a.partition("@")[2] for a in addresses(four_hundred)}

    assert any(not domain.isascii() for domain in domains)
    assert sum(domain.isascii() for domain in domains) > 50


def test_members_have_numbers_of_their_own_and_memberships_that_have_begun(
    association: tuple[Resident, ...],
) -> None:
    numbers = [r.person.member_number for r in association if r.person.member_since]

    assert len(numbers) == len(set(numbers))
    assert None not in numbers
    assert all(r.person.member_since < date(2026, 1, 1) for r in association if r.person.member_since)


def test_too_few_people_are_refused_with_a_sentence() -> None:
    with pytest.raises(NewsletterError, match="minst 20"):
        generate(LEAST_PEOPLE - 1)


def test_the_staff_are_those_of_the_sample_issue() -> None:
    assert {a.region for a in sample_staff()} == SLUGS | {None}
    known = {m.name for m in regions.municipality_facts()}
    assert all(a.municipality in known for a in sample_staff())


def test_they_move_in_and_a_letter_finds_whom_it_can(
    sessions: sessionmaker[Session], four_hundred: tuple[Resident, ...]
) -> None:
    with sessions.begin() as session:
        ids = settle(session, four_hundred, scope=ALL, now=NOON)

    with sessions() as session:
        assert len(set(ids)) == session.scalar(select(func.count(Subscriber.id))) == 400
        first = session.get_one(Subscriber, ids[0])
        assert [a.address for a in first.addresses] == [
            new.address.written for new in four_hundred[0].person.addresses
        ]
        assert [who.id for who in roles.holders(session, scope=ALL, role=RoleName.OFFICER)] == [first.id]
        for slug in SLUGS:
            [lead] = roles.holders(session, scope=ALL, role=RoleName.REGIONAL_LEAD, region=slug)
            assert lead.region_slug == slug
        counted = summary(
            session,
            scope=ALL,
            mailing_list=lists.by_purpose(session, purpose=ListPurpose.NEWSLETTER),
            regions=None,
            today=NOON.date(),
        )
        assert counted.not_reached == {
            NotReached.DECEASED: 0,
            NotReached.NOT_SUBSCRIBED: 0,
            NotReached.UNSUBSCRIBED: 6,
            NotReached.NO_ADDRESS: 12,
            NotReached.SUPPRESSED: 1,
            NotReached.PAUSED: 0,
        }
        assert counted.reached == 381
        assert set(counted.reached_by_region) == SLUGS | {""}


def test_after_them_others_still_can_join(
    sessions: sessionmaker[Session], four_hundred: tuple[Resident, ...]
) -> None:
    with sessions.begin() as session:
        ids = settle(session, four_hundred, scope=ALL, now=NOON)
        joined = Subscriber(given_name="Ny", created_at=NOON, updated_at=NOON)
        session.add(joined)
        session.flush()

        assert joined.id not in ids
        assert session.scalar(select(func.count()).select_from(Subscription)) == 397 * 4 + 3
