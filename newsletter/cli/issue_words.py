"""How an issue is told: in words and tables for people, as plain values for ``--json``."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import typer

from newsletter.cli.frame import emit, show_table
from newsletter.core.audiences import Audience
from newsletter.core.issues import ClockNote, written
from newsletter.core.variants import Planned
from newsletter.language import _, mark
from newsletter.models import Article, Hold, Issue, Item, ItemForm
from newsletter.services import issues, scheduling
from newsletter.services.article_records import to_text

#: States of an issue, as an officer reads them.
_STATES = {
    "draft": mark("utkast"),
    "scheduled": mark("schemalagt"),
    "missed": mark("missade sin tid"),
    "released": mark("utskickat"),
    "cancelled": mark("inställt"),
}

_CLOCK_NOTES = {
    ClockNote.MOVED_FORWARD: mark(
        "Tiden {wall} finns inte, eftersom klockorna ställs fram till sommartid. Numret går {actual}."
    ),
    ClockNote.FIRST_OF_TWO: mark(
        "Tiden {wall} kommer två gånger, eftersom klockorna ställs tillbaka till vintertid. "
        "Numret går första gången."
    ),
}


def state(issue: Issue) -> str:
    """Return the issue's state in the person's language."""
    if issue.stopped_at is not None:
        return _("avbrutet")
    if issue.paused_at is not None:
        return _("pausat")
    return _(_STATES[issue.status.value])


def held(issue: Issue) -> str:
    """Say that an issue waits for another, and until when."""
    name = issues.name_of(issue)
    if issue.hold is Hold.PERSON:
        told = _("{issue} hålls tills någon släpper det: rundbrev issues let-go {id}.")
        return told.format(issue=name, id=issue.id)
    return _("{issue} går av sig självt när det här har gått ut.").format(issue=name)


def time(issue: Issue) -> str:
    """Return when the issue goes or went, as a clock in its zone shows; empty for a draft."""
    if issue.send_at is None or issue.send_zone is None:
        return ""
    return written(issue.send_at.astimezone(ZoneInfo(issue.send_zone)))


def audience(limits: Audience, names: dict[str, str]) -> str:
    """Return for whom something is: "alla", or the regions by name (``names`` by slug)."""
    if limits.regions is None:
        return _("alla")
    return ", ".join(sorted(names.get(slug, slug) for slug in limits.regions))


def lead_nowhere(issue: Issue, added: Sequence[int]) -> list[str]:
    """Say of which added teasers no reader can get any further: a letter has only the article's own links."""
    from newsletter.rendering.articles import leads_to  # half a second that only teasers should pay

    sentence = _(
        "Artikel {article} (”{title}”) har ingen webblänk, så i brevet går det inte att läsa vidare från "
        "ingressen. Lägg in en länk i artikeln, eller ta bort den ur numret och lägg till den utan --teaser."
    )
    short = (item.article for item in issue.items if item.article_id in added)
    return [
        sentence.format(article=article.id, title=article.title)
        for article in short
        if leads_to(to_text(article)) is None
    ]


def clock_note(scheduled: scheduling.Scheduled) -> str:
    """Return what the officer may not have expected of the time; empty for most."""
    note = scheduled.at.note
    return _(_CLOCK_NOTES[note]).format(wall=scheduled.at.wall, actual=time(scheduled.issue)) if note else ""


def summary(issue: Issue) -> dict[str, Any]:
    """Return an issue for ``--json``; times in UTC, ``audience`` None for everyone."""
    return {
        "id": issue.id,
        "name": issues.name_of(issue),
        "list": issue.mailing_list.slug,
        "year": issue.year,
        "number": issue.number,
        "title": issue.title,
        "subject": issue.subject,
        "preheader": issue.preheader,
        "audience": _slugs(issue.audience),
        "status": issue.status.value,
        "segment": issue.segment.name if issue.segment else None,
        "record_date": issue.record_date,
        "last_date": issue.last_date,
        "send_at": _moment(issue.send_at),
        "send_wall_time": issue.send_wall_time,
        "send_zone": issue.send_zone,
        "frozen_at": _moment(issue.frozen_at),
        "released_at": _moment(issue.released_at),
        "kind": issue.kind.value,
        "corrects": issue.corrects_id,
        "urgent": issue.urgent,
        "grace_minutes": issue.grace_minutes,
        "head_start_minutes": issue.head_start_minutes,
        "held_by": issue.held_by_id,
        "hold": issue.hold.value if issue.hold else None,
        "paused_at": _moment(issue.paused_at),
        "stopped_at": _moment(issue.stopped_at),
        "items": [_item(item) for item in issue.items],
    }


def show_list(found: Sequence[Issue]) -> None:
    """Print issues as a table, or what to do first."""
    if not found:
        typer.echo(_("Det finns inga nummer än. Skapa det första med rundbrev issues create."))
        return
    show_table(
        (_("Id"), _("Nummer"), _("Titel"), _("Läge"), _("Tid")),
        [(i.id, issues.name_of(i), i.title, state(i), time(i)) for i in found],
    )


def show_heading(issue: Issue, names: dict[str, str]) -> None:
    """Print what an issue is called, for whom it is, and where it stands."""
    typer.echo(f"{issues.name_of(issue)}: {issue.title}")
    facts = [
        (_("Ämne"), issue.subject),
        (_("Förhandstext"), issue.preheader),
        (_("Till"), audience(issue.audience, names)),
        (_("Urval"), issue.segment.name if issue.segment else ""),
        (_("Läge"), f"{state(issue)} {time(issue)}".strip()),
        (_("Avstämningsdag"), issue.record_date),
        (_("Sista dag"), issue.last_date),
    ]
    for label, fact in facts:
        if fact:
            typer.echo(f"  {label}: {fact}")


def show_items(issue: Issue, names: dict[str, str]) -> None:
    """Print the items of an issue in order, with who sees each."""
    if not issue.items:
        typer.echo(_("Numret är tomt. Lägg till artiklar med rundbrev issues add {id}.").format(id=issue.id))
        return
    show_table(
        (_("Plats"), _("Artikel"), _("Titel"), _("Avdelning"), _("Form"), _("Till")),
        [
            (i.position, i.article_id, i.article.title, i.section, _form(i), audience(_readers(i), names))
            for i in issue.items
        ],
    )


def show_variants(issue: Issue, planned: Sequence[Planned]) -> None:
    """Print what each variant holds, by the items' places: the whole issue at a glance."""
    if not planned:
        return
    places = {item.id: item.position for item in issue.items}
    typer.echo()
    show_table(
        (_("Regionversion"), *(str(place) for place in places.values())),
        [(_(one.name), *("●" if item in one.item_ids else "·" for item in places)) for one in planned],
    )


def scheduled(done: scheduling.Scheduled) -> str:
    """Return the sentences that say when an issue goes, and what must be running then."""
    issue, at = done.issue, done.at
    told = _("{issue} är schemalagt till {time} ({zone}) och innehållet är låst.").format(
        issue=issues.name_of(issue), time=time(issue), zone=at.zone
    )
    running = _("Det går när rundbrev serve eller rundbrev work är igång.")
    return " ".join(filter(None, (told, clock_note(done), pace(issue), running)))


def pace(issue: Issue) -> str:
    """Say how a send begins: how long it can be regretted, and who has it first; empty without waits."""
    told = []
    if issue.grace_minutes:
        told.append(
            _(
                "I {minutes} minuter går inget brev, och utskicket kan ångras: rundbrev issues undo {id}."
            ).format(minutes=issue.grace_minutes, id=issue.id)
        )
    if issue.head_start_minutes:
        told.append(
            _("Redaktörer och regionansvariga får det {minutes} minuter före alla andra.").format(
                minutes=issue.head_start_minutes
            )
        )
    return " ".join(told)


def details(issue: Issue, planned: Sequence[Planned], changed: Sequence[Article]) -> dict[str, Any]:
    """Return what ``show --json`` adds to the summary: the variants, and the articles changed too late."""
    articles = {item.id: item.article_id for item in issue.items}
    return {
        "variants": [
            {
                "name": one.name,
                "regions": list(one.regions),
                "articles": [articles[item] for item in one.item_ids],
            }
            for one in planned
        ],
        "changed_since_frozen": [article.id for article in changed],
    }


def show_changed(articles: Sequence[Article]) -> None:
    """Say which articles were changed too late for a frozen issue."""
    for article in articles:
        typer.echo(
            _(
                "Obs: artikel {id} (”{title}”) har ändrats efter schemaläggningen. Ändringen kommer inte "
                "med. Ska den det, ta tillbaka numret till utkast och schemalägg det igen."
            ).format(id=article.id, title=article.title)
        )


def _form(item: Item) -> str:
    return _("puff") if item.form is ItemForm.TEASER else _("hel")


def _readers(item: Item) -> Audience:
    # Nobody at all cannot be added, but an article's own audience may have changed since.
    return item.audience.within(item.article.audience) or item.audience


def _item(item: Item) -> dict[str, Any]:
    return {
        "position": item.position,
        "article": item.article_id,
        "title": item.article.title,
        "section": item.section,
        "form": item.form.value,
        "audience": _slugs(_readers(item)),
    }


def _slugs(limits: Audience) -> list[str] | None:
    return None if limits.regions is None else sorted(limits.regions)


def _moment(moment: Any) -> str | None:
    return None if moment is None else moment.isoformat()


def tell(issue: Issue, as_json: bool, sentence: str, **facts: object) -> None:
    """Say what was done to an issue: a sentence for people, the issue and the ``facts`` for scripts."""
    if as_json:
        emit(summary(issue) | facts)
        return
    known = {"issue": issues.name_of(issue), "id": issue.id, "title": issue.title, "subject": issue.subject}
    typer.echo(sentence.format(**known, **facts))
