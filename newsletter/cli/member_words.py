"""How people and imports are told: in words and tables for people, as plain values for ``--json``."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.frame import emit, show_table
from newsletter.language import _, current, mark, ngettext
from newsletter.services.role_words import ROLES
from subscribers.core.regions import Gazetteer
from subscribers.models import AddressKind, Role, Subscriber
from subscribers.services.consents import Standing

_KINDS = {
    AddressKind.WORK: mark("arbete"),
    AddressKind.PRIVATE: mark("privat"),
    AddressKind.OTHER: "",
}

_LANGUAGES = {"sv": mark("svenska"), "en": mark("engelska")}


def tell_people(people: Sequence[Subscriber], known: Gazetteer, *, as_json: bool) -> None:
    """Print people as a table or as one JSON object."""
    if as_json:
        emit({"count": len(people), "members": [person_facts(person, known) for person in people]})
        return
    if not people:
        typer.echo(_("Det finns ingen sådan person. Läs in registret med rundbrev members import."))
        return
    show_table(
        (_("Id"), _("Namn"), _("Medlemsnr"), _("Kommun"), _("Region"), _("E-post"), _("Medlem sedan")),
        [
            (
                person.id,
                _sorted_name(person),
                person.member_number or "",
                _municipality(person, known),
                _region(person.region_slug, known),
                _address(person),
                person.member_since or "",
            )
            for person in people
        ],
    )
    typer.echo(ngettext("{count} person", "{count} personer", len(people)).format(count=len(people)))


def person_facts(person: Subscriber, known: Gazetteer) -> dict[str, Any]:
    """Return a person for ``--json``."""
    return {
        "id": person.id,
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "member_number": person.member_number,
        "member_since": person.member_since,
        "member_until": person.member_until,
        "language": person.language,
        "workplace": person.workplace,
        "municipality": _municipality(person, known) or None,
        "region": person.region_slug,
        "addresses": [
            {"address": a.address, "kind": a.kind.value, "preferred": a.preferred} for a in person.addresses
        ],
    }


@dataclass(frozen=True, slots=True)
class Card:
    """All that is shown of one person. ``suppressed`` are canonical addresses; days are those of ``zone``."""

    person: Subscriber
    known: Gazetteer
    standings: Sequence[Standing]
    roles: Sequence[Role]
    suppressed: Collection[str]
    zone: ZoneInfo
    tags: Sequence[str]

    def facts(self) -> dict[str, Any]:
        """Return the person for ``--json``."""
        return person_facts(self.person, self.known) | {
            "suppressed": sorted(a.address for a in self.person.addresses if a.canonical in self.suppressed),
            "lists": {s.mailing_list.slug: s.active for s in self.standings},
            "roles": [{"role": r.role.value, "region": r.region_slug} for r in self.roles],
            "tags": list(self.tags),
        }

    def show(self) -> None:
        """Print the person: facts, then lists."""
        person = self.person
        typer.echo(person.name or _("Utan namn"))
        for label, fact in (
            (_("Medlemsnummer"), person.member_number),
            (_("Medlem"), self._membership()),
            (_("Avliden"), person.deceased_on),
            (_("Kommun"), _municipality(person, self.known)),
            (_("Region"), _region(person.region_slug, self.known)),
            (_("Arbetsplats"), person.workplace),
            (_("Språk"), _(_LANGUAGES.get(person.language, person.language))),
            (_("E-post"), "; ".join(map(self._address, person.addresses)) or _("saknas")),
            (_("Uppdrag"), ", ".join(map(self._role, self.roles))),
            (_("Taggar"), ", ".join(self.tags)),
        ):
            if fact:
                typer.echo(f"  {label}: {fact}")
        for standing in self.standings:
            typer.echo(f"  {self._standing(standing)}")

    def _membership(self) -> str:
        since, until = self.person.member_since, self.person.member_until
        if since is None:
            return _("nej")
        return f"{since} – {until}" if until else _("sedan {day}").format(day=since)

    def _address(self, address: Any) -> str:
        notes = [
            _(_KINDS[address.kind]) if _KINDS[address.kind] else "",
            _("används") if address.preferred and len(self.person.addresses) > 1 else "",
            _("spärrad") if address.canonical in self.suppressed else "",
        ]
        told = ", ".join(filter(None, notes))
        return f"{address.address} ({told})" if told else str(address.address)

    def _role(self, role: Role) -> str:
        where = _region(role.region_slug, self.known)
        return f"{_(ROLES[role.role])} {where}".strip()

    def _standing(self, standing: Standing) -> str:
        english = current() == "en"
        name = standing.mailing_list.name_en if english else standing.mailing_list.name
        said = {True: _("ja"), False: _("nej"), None: _("aldrig tillfrågad")}[standing.active]
        changed = standing.changed_at
        when = f", {changed.astimezone(self.zone):%Y-%m-%d} ({standing.source})" if changed else ""
        return f"{name}: {said}{when}"


def _sorted_name(person: Subscriber) -> str:
    return ", ".join(filter(None, (person.family_name, person.given_name)))


def _municipality(person: Subscriber, known: Gazetteer) -> str:
    found = known.municipality_by_code(person.municipality_code or "")
    return found.name if found else ""


def _region(slug: str | None, known: Gazetteer) -> str:
    return next((region.name for region in known.regions if region.slug == slug), "")


def _address(person: Subscriber) -> str:
    """Return the preferred address, and how many more there are."""
    first = next((a for a in person.addresses if a.preferred), next(iter(person.addresses), None))
    more = f" +{len(person.addresses) - 1}" if len(person.addresses) > 1 else ""
    return f"{first.address}{more}" if first else ""
