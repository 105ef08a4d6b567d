"""``rundbrev issues status``: what has become of an issue, counted and drawn."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from newsletter.cli import issue_words as words
from newsletter.cli.frame import DEFAULT_DIR, DirOption, IssueArgument, JsonOption, emit, opened, show_table
from newsletter.cli.issue_watching import follow, plain_obstacle
from newsletter.core.issues import written
from newsletter.language import _
from newsletter.models import DeliveryState, Issue, LeftOutReason
from newsletter.relaying import rules_of
from newsletter.services import deliveries, holding, holding_words, issues, notices
from newsletter.services.deliveries import LeftOut, States, Status, Trouble
from newsletter.services.state_words import REASONS, STATES, said
from subscribers.services import regions

#: How wide a bar is, in characters.
_BAR = 24

#: Troubles on the screen. More than this has one cause, and the first show it.
_MOST_SHOWN = 20


def status(
    issue: IssueArgument,
    left_out: Annotated[
        bool, typer.Option("--left-out", help="Visa vilka som inte fick något eget brev, och varför.")
    ] = False,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch", help="Följ utskicket tills det är klart. Med --json: en rad vid varje ändring."
        ),
    ] = False,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Visa hur det går: hur många brev som är överlämnade, på väg eller utelämnade.

    Exempel:
      rundbrev issues status 3
      rundbrev issues status 3 --left-out
      rundbrev issues status 3 --watch
    """
    if watch:
        if left_out:
            raise typer.BadParameter(_("välj antingen --watch eller --left-out."))
        with opened(directory) as application:
            follow(application, issue, as_json=as_json)
        return
    with opened(directory) as application, application.readers() as session:
        found = issues.get(session, issue)
        scope = application.everything("counting on the machine where the register lies")
        how = deliveries.status(session, scope=scope, issue_id=found.id)
        wrong = deliveries.troubles(session, scope=scope, issue_id=found.id)
        now, zone = application.now(), ZoneInfo(application.settings.time_zone)
        today = now.astimezone(zone).date()
        warning = notices.warning_of(session, scope=scope, issue=found, today=today)
        held = holding.holding(session, found, rules=rules_of(application.settings), now=now)
        without = deliveries.left_out(session, scope=scope, issue_id=found.id) if left_out else None
        if as_json:
            people = {} if without is None else {"left_out_people": _plain_people(without)}
            told = {"warning": warning and warning.sentence, "practice": application.current().practice}
            holds = {"holds": [plain_obstacle(each) for each in held.obstacles]}
            emit(_plain(found, how, wrong) | holds | people | told)
            return
        names = {region.slug: region.name for region in regions.all_regions(session)}
        if without is not None and how.people:
            _show_people(without, names)
            return
        _show(found, how, names)
        for sentence in holding_words.sentences(held, lambda at: written(at.astimezone(zone))):
            typer.echo(sentence)
        _show_troubles(wrong)
        if warning is not None:
            typer.echo()
            typer.echo(warning.sentence)
            if warning.is_released:
                typer.echo(_("Breven: rundbrev notices letters {id} --out MAPP").format(id=found.id))


def _plain(issue: Issue, how: Status, wrong: Sequence[Trouble]) -> dict[str, Any]:
    return {
        "issue": issue.id,
        "name": issues.name_of(issue),
        "status": issue.status.value,
        "send_at": issue.send_at and issue.send_at.isoformat(),
        "people": how.people,
        "open": how.open,
        "states": _counts(how.states),
        "left_out": {reason.value: how.left_out.get(reason, 0) for reason in LeftOutReason},
        "by_region": {slug: _counts(states) for slug, states in sorted(how.by_region.items())},
        "by_variant": [
            {"name": one.name, "language": one.language, "states": _counts(one.states)}
            for one in how.by_variant
        ],
        "troubles": [
            {
                "person": one.subscriber_id,
                "name": one.name,
                "address": one.address,
                "state": one.state.value,
                "reply": one.reply,
            }
            for one in wrong
        ],
    }


def _plain_people(people: Sequence[LeftOut]) -> list[dict[str, Any]]:
    return [
        {"person": one.subscriber_id, "name": one.name, "region": one.region, "reason": one.reason.value}
        for one in people
    ]


def _counts(states: States) -> dict[str, int]:
    return {state.value: states.get(state, 0) for state in DeliveryState}


def _show(issue: Issue, how: Status, names: Mapping[str, str]) -> None:
    typer.echo(f"{issues.name_of(issue)}: {words.state(issue)} {words.time(issue)}".rstrip())
    if not how.people:
        typer.echo(_("Inga brev än. De skrivs upp när numret går."))
        return
    typer.echo()
    show_table(
        (_("Läge"), _("Personer"), ""),
        [
            (_(word), how.states[state], bar(how.states[state], how.people))
            for state, word in STATES.items()
            if how.states.get(state)
        ],
    )
    _show_left_out(how)
    _show_regions(how, names)


def _show_left_out(how: Status) -> None:
    told = [(_(REASONS[reason]), count) for reason, count in how.left_out.items() if count]
    if told:
        typer.echo()
        show_table((_("Utelämnat, eftersom personen"), _("Personer")), told)


def _show_people(people: Sequence[LeftOut], names: Mapping[str, str]) -> None:
    if not people:
        typer.echo(_("Alla som numret är till för fick ett eget brev."))
        return
    show_table(
        (_("Person"), _("Namn"), _("Region"), _("Utelämnat, eftersom personen")),
        [
            (one.subscriber_id, one.name, names.get(one.region) or _("ingen region"), _(REASONS[one.reason]))
            for one in people
        ],
    )


def _show_regions(how: Status, names: Mapping[str, str]) -> None:
    shown = [state for state in STATES if how.states.get(state)]
    most = max(sum(states.values()) for states in how.by_region.values())
    in_order = [slug for slug in (*names, "") if slug in how.by_region]
    typer.echo()
    show_table(
        (_("Region"), *(_(STATES[state]).partition(":")[0] for state in shown), ""),
        [
            (
                names.get(slug) or _("ingen region"),
                *(how.by_region[slug].get(state, 0) for state in shown),
                bar(how.by_region[slug].get(DeliveryState.ACCEPTED, 0), most),
            )
            for slug in in_order
        ],
    )


def _show_troubles(wrong: Sequence[Trouble]) -> None:
    if not wrong:
        return
    typer.echo()
    show_table(
        (_("Person"), _("Namn"), _("Adress"), _("Läge"), _("Svar")),
        [
            (
                one.subscriber_id,
                one.name,
                one.address,
                _(STATES[one.state]).partition(":")[0],
                said(one.reply),
            )
            for one in wrong[:_MOST_SHOWN]
        ],
    )
    if len(wrong) > _MOST_SHOWN:
        typer.echo(_("… och {count} till. Se alla med --json.").format(count=len(wrong) - _MOST_SHOWN))


def bar(count: int, of: int) -> str:
    """Draw a share in eighths of a character; whatever is more than nothing is seen."""
    eighths = max(round(count * _BAR * 8 / of), 1) if count else 0
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
