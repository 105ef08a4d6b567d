"""What a drill has shown, told: a table and a sentence, an object for scripts, and a log of every kill."""

from collections.abc import Sequence
from typing import Any

from newsletter.drilling.judging import Verdict
from newsletter.drilling.run import Plan, Report
from newsletter.language import _


def holds(report: Report, plan: Plan) -> bool:
    """Tell whether the engine held, and as many kills hit as were asked for."""
    return report.verdict.holds and len(report.counted) >= plan.kills


def rows(report: Report, plan: Plan) -> Sequence[tuple[str, int]]:
    """Return the table's rows: a name and a number."""
    verdict = report.verdict
    return [
        (_("Sändare"), plan.senders),
        (_("Mottagare"), verdict.people),
        (_("Avbrott som träffade"), len(report.counted)),
        (_("Avbrott som inte träffade något"), len(report.kills) - len(report.counted)),
        (_("Överlämnade brev"), verdict.accepted),
        (_("Förlorade"), len(verdict.lost)),
        (_("Fick två"), len(verdict.doubled)),
        (_("Ovissa"), verdict.all_unknown),
        (_("Ovissa som hade kommit fram"), verdict.arrived_unknown),
        (_("Ovissa efter ett avbrott, som mest"), verdict.most_unknown),
        (_("Ovissa efter ett avbrott, tillåtet"), verdict.allowed),
        (_("Ovissa utan avbrott"), len(verdict.unexplained)),
        (_("Främmande brev i brevlådan"), verdict.foreign),
        (_("Sändare som slutade av sig själva"), len(report.accidents)),
        (_("Sekunder"), round(report.seconds)),
    ]


def sentence(report: Report, plan: Plan) -> str:
    """Return the one sentence that says how it went."""
    verdict = report.verdict
    if faults := _faults(verdict):
        return _("Provet föll: {faults}.").format(faults=", ".join(faults))
    if len(report.counted) < plan.kills:
        told = _("Provet räckte inte: {counted} avbrott av {wanted} träffade innan breven tog slut.")
        return told.format(counted=len(report.counted), wanted=plan.kills)
    told = _(
        "Allt höll: {kills} avbrott, ingen är förlorad, ingen har fått två, och högst {most} brev "
        "blev ovissa efter ett avbrott ({allowed} kan vara på tråden)."
    )
    return told.format(kills=len(report.counted), most=verdict.most_unknown, allowed=verdict.allowed)


def _faults(verdict: Verdict) -> list[str]:
    counts = [
        (_("{count} förlorade"), len(verdict.lost)),
        (_("{count} fick två"), len(verdict.doubled)),
        (_("{count} ovissa utan avbrott"), len(verdict.unexplained)),
        (_("{count} främmande brev"), verdict.foreign),
    ]
    faults = [told.format(count=count) for told, count in counts if count]
    if verdict.most_unknown > verdict.allowed:
        told = _("{most} ovissa efter ett avbrott där {allowed} kan vara på tråden")
        faults.append(told.format(most=verdict.most_unknown, allowed=verdict.allowed))
    return faults


def unknown_lines(report: Report) -> list[str]:
    """Name each unknown letter: after which kill, whose, and whether the sink has it."""
    told = _("ovisst efter avbrott {kill}: {address} ({arrived})")
    here, not_here = _("kom fram"), _("kom inte fram")
    return [
        told.format(
            kill=number,
            address=report.addresses[each],
            arrived=here if each in report.arrived else not_here,
        )
        for number, unknown in enumerate(report.verdict.unknown, start=1)
        for each in sorted(unknown)
    ]


def as_json(report: Report, plan: Plan, database: str) -> dict[str, Any]:
    """Return everything as one object; letters by their recipient's address."""
    verdict = report.verdict
    named = report.addresses.get
    return {
        "held": holds(report, plan),
        "sentence": sentence(report, plan),
        "database": database,
        "senders": plan.senders,
        "recipients": verdict.people,
        "seed": plan.seed,
        "kills": len(report.counted),
        "kills_that_hit_nothing": len(report.kills) - len(report.counted),
        "accepted": verdict.accepted,
        "lost": [named(each, "") for each in verdict.lost],
        "doubled": [named(each, "") for each in verdict.doubled],
        "foreign": verdict.foreign,
        "unknown": [
            {"kill": number, "recipient": named(each, ""), "arrived": each in report.arrived}
            for number, unknown in enumerate(verdict.unknown, start=1)
            for each in sorted(unknown)
        ],
        "unknown_without_a_kill": [named(each, "") for each in verdict.unexplained],
        "most_unknown_after_a_kill": verdict.most_unknown,
        "allowed_unknown_after_a_kill": verdict.allowed,
        "senders_that_ended": list(report.accidents),
        "seconds": report.seconds,
    }


def log(report: Report, plan: Plan, database: str) -> str:
    """Return the log: a line for each kill, tabs between its columns, and the names of what is unknown."""
    about = _("# rundbrev drill: {database}, sändare {senders}, mottagare {people}, frö {seed}")
    lines = [
        about.format(database=database, senders=plan.senders, people=plan.people, seed=plan.seed),
        "# " + "\t".join((_("avbrott"), _("sekund"), _("process"), _("höll"), _("ovissa"))),
    ]
    unknown = iter(report.verdict.unknown)
    counted = 0
    for kill in report.kills:
        counted += kill.counts
        number = str(counted) if kill.counts else "-"
        left = len(next(unknown)) if kill.counts else 0
        lines.append(f"{number}\t{kill.second:.3f}\t{kill.pid}\t{len(kill.held)}\t{left}")
    lines += unknown_lines(report)
    lines.append(sentence(report, plan))
    return "\n".join(lines) + "\n"
