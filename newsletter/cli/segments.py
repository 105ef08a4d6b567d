"""``rundbrev segments``: keep rules that select people, and see whom they select."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.orm import Session

from newsletter.app import App
from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened, show_table
from newsletter.language import _, current, ngettext
from newsletter.services import segment_conditions
from subscribers.core import segment_text
from subscribers.core.authority import Everything
from subscribers.core.segment_words import Vocabulary, in_words
from subscribers.core.segments import Rule, dump
from subscribers.models import Subscriber
from subscribers.services import segments
from subscribers.services.segment_queries import Builders

app = typer.Typer()

NameArgument = Annotated[str, typer.Argument(metavar="NAMN", help="Vad urvalet heter.")]
TextArgument = Annotated[
    str, typer.Argument(metavar="REGEL", help='Regeln, som "region: Skåne och inte tagg: styrelse".')
]
_EXAMPLES = 10


@app.command()
def add(
    name: NameArgument, rule: TextArgument, directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False
) -> None:
    """Spara ett urval, eller ändra det som heter så.

    Exempel:
      rundbrev segments add "Nya i Skåne" "region: Skåne och inträdde efter: 2025"
      rundbrev segments add Norrut "(region: Norra eller län: Gävleborgs län) och inte tagg: styrelse"
    """
    with opened(directory) as application, application.sessions.begin() as session:
        words = segment_conditions.vocabulary(session)
        read = segment_text.parse(rule, words, language=current())
        kept = segments.save(
            session, scope=_everyone(application), name=name, rule=read, now=application.now()
        )
        found = _count(application, session, read)
        if as_json:
            emit(_facts(kept.name, read, words) | {"count": found})
            return
        typer.echo(_("Sparade urvalet {name}.").format(name=kept.name))
        _tell(read, words, found)


@app.command("list")
def list_all(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Lista alla urval, med regeln för vart och ett.

    Exempel:
      rundbrev segments list
    """
    with opened(directory) as application, application.readers() as session:
        words = segment_conditions.vocabulary(session)
        kept = segments.all_segments(session, scope=_everyone(application))
        rules = [(segment.name, segments.rule_of(segment)) for segment in kept]
        if as_json:
            emit({"segments": [_facts(name, rule, words) for name, rule in rules]})
        elif not rules:
            typer.echo(_("Det finns inga urval än. Spara det första med rundbrev segments add."))
        else:
            show_table(
                (_("Namn"), _("Regel")),
                [(name, segment_text.write(rule, words, language=current())) for name, rule in rules],
            )


@app.command()
def show(name: NameArgument, directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Visa ett urval: regeln, vad den betyder, hur många den väljer och några av dem.

    Exempel:
      rundbrev segments show "Nya i Skåne"
    """
    with opened(directory) as application, application.readers() as session:
        words = segment_conditions.vocabulary(session)
        kept = segments.get(session, scope=_everyone(application), name=name)
        rule = segments.rule_of(kept)
        found = _count(application, session, rule)
        people = segments.examples(session, limit=_EXAMPLES, **_asked(application, rule))
        if as_json:
            examples = [{"id": person.id, "name": person.name} for person in people]
            emit(_facts(kept.name, rule, words) | {"count": found, "examples": examples})
            return
        typer.echo(kept.name)
        _tell(rule, words, found)
        _show_people(people)


@app.command()
def count(rule: TextArgument, directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Räkna dem som en regel väljer, utan att spara den. Ett sparat urvals namn går också bra.

    Exempel:
      rundbrev segments count "medlem: ja och språk: engelska"
      rundbrev segments count "Nya i Skåne"
    """
    with opened(directory) as application, application.readers() as session:
        words = segment_conditions.vocabulary(session)
        read = _saved_or_written(application, session, rule, words)
        found = _count(application, session, read)
        if as_json:
            emit(_facts(None, read, words) | {"count": found})
        else:
            _tell(read, words, found)


@app.command()
def delete(name: NameArgument, directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Ta bort ett urval. Det går inte så länge ett nummer har det.

    Exempel:
      rundbrev segments delete "Nya i Skåne"
    """
    with opened(directory) as application, application.sessions.begin() as session:
        everyone = _everyone(application)
        called = segments.get(session, scope=everyone, name=name).name
        segments.delete(session, scope=everyone, name=name)
        if as_json:
            emit({"name": called, "deleted": True})
        else:
            typer.echo(_("Urvalet {name} är borta. Personerna finns kvar.").format(name=called))


def _saved_or_written(application: App, session: Session, given: str, words: Vocabulary) -> Rule:
    """Return the rule that is meant: every condition has a colon, which a name seldom has."""
    if ":" in given and not segments.exists(session, scope=_everyone(application), name=given):
        return segment_text.parse(given, words, language=current())
    return segments.rule_of(segments.get(session, scope=_everyone(application), name=given))


def _count(application: App, session: Session, rule: Rule) -> int:
    return segments.count(session, **_asked(application, rule))


def _asked(application: App, rule: Rule) -> dict[str, Any]:
    today: date = application.now().astimezone(ZoneInfo(application.settings.time_zone)).date()
    builders: Builders = segment_conditions.BUILDERS
    return {"scope": _everyone(application), "rule": rule, "today": today, "builders": builders}


def _everyone(application: App) -> Everything:
    return application.everything("whoever may use this command line owns the database file")


def _facts(name: str | None, rule: Rule, words: Vocabulary) -> dict[str, Any]:
    return {
        "name": name,
        "text": segment_text.write(rule, words, language=current()),
        "words": in_words(rule, words, current()),
        "rule": dump(rule),
    }


def _tell(rule: Rule, words: Vocabulary, found: int) -> None:
    typer.echo(f"  {segment_text.write(rule, words, language=current())}")
    typer.echo(f"  {in_words(rule, words, current())}")
    typer.echo(ngettext("Just nu: {count} person.", "Just nu: {count} personer.", found).format(count=found))


def _show_people(people: Sequence[Subscriber]) -> None:
    if people:
        typer.echo(_("Några av dem:"))
        show_table((_("Id"), _("Namn")), [(person.id, person.name) for person in people])
