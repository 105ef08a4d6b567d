"""Regions, counties and municipalities in the database."""

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from subscribers.core.names import sort_key
from subscribers.core.regions import CountyFact, Gazetteer, MunicipalityFact, RegionFact
from subscribers.errors import NotFound
from subscribers.models import Archive, County, ListPurpose, MailingList, Municipality, Region

_LISTS = (
    ("nyhetsbrev", ListPurpose.NEWSLETTER, "Nyhetsbrevet", "The newsletter"),
    ("regionbrev", ListPurpose.REGIONAL_LETTERS, "Regionbrev", "Regional letters"),
    ("inbjudningar", ListPurpose.INVITATIONS, "Inbjudningar", "Invitations"),
    ("medlemsmeddelanden", ListPurpose.MEMBER_NOTICES, "Medlemsmeddelanden", "Member notices"),
)


def load_facts(session: Session) -> None:
    """Put the regions, counties, municipalities and the four lists in an empty database; else do nothing."""
    if session.scalar(select(Region.slug).limit(1)) is None:
        session.add_all(Region(slug=r.slug, name=r.name, position=at) for at, r in enumerate(region_facts()))
        session.flush()
        session.add_all(
            County(code=c.code, name=c.name, full_name=c.full_name, region_slug=c.region)
            for c in county_facts()
        )
        session.flush()
        session.add_all(
            Municipality(code=m.code, name=m.name, county_code=m.county_code) for m in municipality_facts()
        )
    if session.scalar(select(MailingList.id).limit(1)) is None:
        session.add_all(
            MailingList(slug=slug, purpose=purpose, name=name, name_en=name_en, archive=_read_by(purpose))
            for slug, purpose, name, name_en in _LISTS
        )
    session.flush()


def _read_by(purpose: ListPurpose) -> Archive:
    """Return who reads a new list's issues on the web: those who have the letter, and no one a notice."""
    return Archive.CLOSED if purpose is ListPurpose.MEMBER_NOTICES else Archive.LINKED


def gazetteer(session: Session) -> Gazetteer:
    """Build the finder of municipalities and regions from what stands in the database now."""
    return Gazetteer(
        (RegionFact(r.slug, r.name) for r in all_regions(session)),
        (CountyFact(c.code, c.name, c.full_name, c.region_slug) for c in session.scalars(select(County))),
        (MunicipalityFact(m.code, m.name, m.county_code) for m in session.scalars(select(Municipality))),
    )


def all_regions(session: Session) -> Sequence[Region]:
    """Return the association's regions, in its own order."""
    return session.scalars(select(Region).order_by(Region.position, Region.slug)).all()


def all_municipalities(session: Session) -> Sequence[Municipality]:
    """Return Sweden's municipalities, in Swedish order of names."""
    return sorted(session.scalars(select(Municipality)), key=lambda each: sort_key(each.name, ""))


def find_region(session: Session, *, text: str) -> RegionFact:
    """Recognise a region by slug or name ("skane", "Skåne"). Raises ``NotFound``, which names them all."""
    known = gazetteer(session)
    found = known.region(text)
    if found is None:
        raise NotFound(
            "Det finns ingen region som heter {text}. Regionerna är {regions}.",
            text=text,
            regions=", ".join(region.name for region in known.regions),
        )
    return found


@cache
def region_facts() -> tuple[RegionFact, ...]:
    """Return the association's regions, in the order of the file."""
    return tuple(RegionFact(row["slug"], row["name"]) for row in _rows("regions"))


@cache
def county_facts() -> tuple[CountyFact, ...]:
    """Return Sweden's 21 counties."""
    return tuple(
        CountyFact(row["code"], row["name"], row["full_name"], row["region"]) for row in _rows("counties")
    )


@cache
def municipality_facts() -> tuple[MunicipalityFact, ...]:
    """Return Sweden's 290 municipalities."""
    return tuple(
        MunicipalityFact(row["code"], row["name"], row["county_code"]) for row in _rows("municipalities")
    )


def _rows(name: str) -> list[dict[str, str]]:
    content = files("subscribers").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(content.splitlines()))
