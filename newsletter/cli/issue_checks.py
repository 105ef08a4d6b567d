"""``rundbrev issues check``: what is wrong with an issue, before it goes."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.frame import DEFAULT_DIR, DirOption, IssueArgument, JsonOption, emit, opened
from newsletter.core.preflight import passing
from newsletter.core.preflight.findings import Checked, Finding, Severity
from newsletter.language import _
from newsletter.services import issues

if TYPE_CHECKING:
    from newsletter.app import App


LinksOption = Annotated[
    bool, typer.Option("--links", help="Fråga också sidorna som artiklarna länkar till om de finns.")
]


def check(
    issue: IssueArgument,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
    links: LinksOption = False,
) -> None:
    """Kontrollera ett nummer innan det går: länkar, dagar, bilder, storlek och mycket mer.

    Varje anmärkning säger var felet är och vad du gör åt det. Det som hindrar att numret skickas står
    först, och då slutar kommandot med 1.

    Exempel:
      rundbrev issues check 3
      rundbrev issues check 3 --json
      rundbrev issues check 3 --links
    """
    with opened(directory) as application:
        if links:
            from newsletter.asking import ask_pages  # rendering, which --help should not pay for

            ask_pages(application, issue)
        found = _look(application, issue)
    stopping = len(found.of(Severity.STOP))
    if as_json:
        needs = len(passing.asking(found.findings))
        rows = [_as_json(each) for each in found.findings]
        emit({"stops": stopping, "needs_reason": needs, "variants": found.variants, "findings": rows})
    else:
        _tell(found)
    if stopping:
        raise typer.Exit(1)


def _look(application: "App", issue: str) -> Checked:
    from newsletter.services import preflight  # likewise

    with application.readers() as session:
        return preflight.look(
            session,
            issues.get(session, issue),
            frame=application.frame(),
            zone=application.settings.time_zone,
            now=application.now(),
        )


def _tell(found: Checked) -> None:
    from newsletter.services.finding_words import SEVERITIES, said, where  # Babel, likewise

    if not found.findings:
        typer.echo(_("Inget att anmärka på."))
    for severity, name in SEVERITIES.items():
        of_it = found.of(severity)
        if of_it:
            typer.echo(f"{_(name)} ({len(of_it)})")
        for each in of_it:
            place = where(each, found.variants)
            typer.echo(f"  [{each.rule}] {said(each)}" + (f" ({place})" if place else ""))


def _as_json(finding: Finding) -> dict[str, Any]:
    from newsletter.services.finding_words import said

    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "needs_reason": bool(passing.asking([finding])),
        "sentence": said(finding),
        "place": finding.place.value,
        "article_id": finding.article_id,
        "variants": list(finding.variants),
    }
