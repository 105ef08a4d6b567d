"""Coming in without a mail, on the machine itself: into the demo, and into an empty association.

GET, HEAD /prova    who one can be in the demo
POST      /prova    enters as that person
GET, HEAD /borja    the first person of an association that has no administrator yet
POST      /borja    makes them administrator and officer, and signs them in

Both answer on this machine alone: whoever sits at it owns the database file.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response
from wtforms import StringField
from wtforms.validators import Length

from newsletter.language import mark, sentence
from newsletter.services.role_words import ROLES
from newsletter.web import guard, sign_in
from newsletter.web.fields import Needed, Questions
from newsletter.web.forms import TheForm
from newsletter.web.gate import LocalOnly, Pages
from newsletter.web.pages import Site, TheSite
from subscribers.core import addresses, tokens
from subscribers.core.authority import ROLES as ORDER
from subscribers.core.authority import Everything
from subscribers.core.tokens import Purpose
from subscribers.errors import SubscribersError
from subscribers.models import ListPurpose, Role, RoleName
from subscribers.services import acts, enrolment, lists, members, regions, roles
from subscribers.services.enrolment import NewAddress, NewPerson

pages = Pages()

#: What whoever begins is; without them nobody can be let in, and nothing be sent.
FIRST_ROLES = (RoleName.ADMINISTRATOR, RoleName.OFFICER)


class First(Questions):
    """Who begins."""

    given_name = StringField(mark("Förnamn"), [Needed(), Length(max=120)])
    family_name = StringField(mark("Efternamn"), [Needed(), Length(max=120)])
    address = StringField(mark("E-postadress"), [Needed(), Length(max=320)])


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody whom one can be in the demo."""

    person_id: int
    name: str
    role: str
    region: str


@pages.shows("/prova", to=LocalOnly())
def choose(request: Request, site: TheSite) -> Response:
    """Show who one can be."""
    _check_demo(site)
    return site.page(request, "entering/demo.html", guests=_guests(site), member=_member(site))


@pages.takes("/prova", to=LocalOnly())
def enter(request: Request, site: TheSite, form: TheForm) -> Response:
    """Enter as somebody of the demo."""
    _check_demo(site)
    wanted = form.get("person", "")
    guest = next((each for each in _guests(site) if str(each.person_id) == wanted), None)
    if guest is None:
        raise HTTPException(400)
    return sign_in.sign_in(site, request, guest.person_id, "/")


@pages.shows("/borja", to=LocalOnly())
def begin(request: Request, site: TheSite) -> Response:
    """Ask who begins."""
    _check_unfounded(site)
    return site.page(request, "entering/first.html", form=First(), wrong="")


@pages.takes("/borja", to=LocalOnly())
def found(request: Request, site: TheSite, form: TheForm) -> Response:
    """Let the first person in."""
    _check_unfounded(site)
    questions = First(form)
    if not questions.validate():
        return site.page(request, "entering/first.html", status=422, form=questions, wrong="")
    try:
        person_id = _enrol(site, questions)
    except SubscribersError as error:
        return site.page(request, "entering/first.html", status=422, form=questions, wrong=sentence(error))
    return sign_in.sign_in(site, request, person_id, "/")


def _check_demo(site: Site) -> None:
    if not site.app.is_demo:
        raise HTTPException(404)


def way_in(site: Site, request: Request) -> str:
    """Return where somebody at this machine comes in without a mail; empty for all others."""
    if not guard.from_this_machine(request.scope):
        return ""
    return "/prova" if site.app.is_demo else "" if _is_begun(site) else "/borja"


def _check_unfounded(site: Site) -> None:
    if _is_begun(site):
        raise HTTPException(404)


def _is_begun(site: Site) -> bool:
    today, everyone = site.today(), _everyone(site)
    with site.app.readers() as session:
        return any(roles.holders(session, scope=everyone, role=role, today=today) for role in FIRST_ROLES)


def _enrol(site: Site, questions: First) -> int:
    """Write the first person into the register, with their roles; return their id."""
    everyone, now = _everyone(site), site.app.now()
    first = NewPerson(
        given_name=(questions.given_name.data or "").strip(),
        family_name=(questions.family_name.data or "").strip(),
        addresses=[NewAddress(addresses.parse(questions.address.data or ""))],
    )
    with site.app.sessions.begin() as session:
        person = enrolment.add(session, scope=everyone, person=first, source="first person", now=now)
        for role in FIRST_ROLES:
            roles.give(session, scope=everyone, subscriber_id=person.id, role=role)
        acts.log(session, actor=f"person {person.pseudonym}", act="association begun", now=now)
        return person.id


def _guests(site: Site) -> Sequence[Guest]:
    """Return everybody with a role, by role and region."""
    with site.app.readers() as session:
        names = {region.slug: region.name for region in regions.all_regions(session)}
        order = {region: place for place, region in enumerate(names)}
        found = sorted(
            roles.all_roles(session, scope=_everyone(site)),
            key=lambda role: (ORDER.index(role.role), order.get(role.region_slug or "", -1)),
        )
        return [_guest(role, names) for role in found]


def _guest(role: Role, names: dict[str, str]) -> Guest:
    person = role.subscriber
    return Guest(person.id, person.name, ROLES[role.role], names.get(role.region_slug or "", ""))


def _member(site: Site) -> str:
    """Return the way to a member's own page, as a letter leads there; empty without any member."""
    with site.app.readers() as session:
        newsletter = lists.by_purpose(session, purpose=ListPurpose.NEWSLETTER)
        found = members.list_members(session, scope=_everyone(site), limit=50)
        member = next((person for person in found if person.addresses), None)
    if member is None:
        return ""
    return "p/" + tokens.make(site.app.keyring, Purpose.LETTERS, member.id, newsletter.id, 0)


def _everyone(site: Site) -> Everything:
    return site.app.everything("somebody at this machine, who owns the database file")
