"""``rundbrev work``, ``worker``, ``sink`` and ``sender``: what keeps running without pages."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened
from newsletter.language import _
from newsletter.stopping import told_by_signals

if TYPE_CHECKING:
    from newsletter.app import App

app = typer.Typer()

UntilDoneOption = Annotated[
    bool, typer.Option("--until-done", help="Avsluta när inget nummer är på tur och inget brev är kvar.")
]

#: How often the sender process is looked after, in seconds.
_LOOK_EVERY = 0.2


@app.command()
def work(
    directory: DirOption = DEFAULT_DIR, until_done: UntilDoneOption = False, as_json: JsonOption = False
) -> None:
    """Sköt utskicken utan webbsidor: släpp numren när deras tid är inne, och skicka breven.

    Med --until-done tar det slut när inget nummer är på tur och inget brev är kvar. Brev som mottagarens
    server har skjutit upp väntas in, i upp till två dygn; ett nummer med en tid längre fram väntas inte in.
    Så passar det för ett schemalagt jobb, och så avslutas en körning som har avbrutits.

    Exempel:
      rundbrev work
      rundbrev work --until-done
    """
    from newsletter import doors, watching  # mail servers and the scheduler, which no other command needs
    from newsletter.working import working

    with opened(directory) as application, told_by_signals() as stopping:
        with ExitStack() as parts:
            keeper = parts.enter_context(working(application, until_done=until_done, tell=_tell))
            if not until_done:
                parts.enter_context(watching.answering(application))
                parts.enter_context(doors.standing_open(application, tell=_tell))
            done = False
            while not (done or stopping.is_set()):
                done = keeper.check()
                if not done:
                    stopping.wait(_LOOK_EVERY)
        if as_json:
            emit({"done": done, "deliveries": _states(application)})
    if until_done and not done:
        raise typer.Exit(130)


@app.command()
def worker(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Arbeta på en av flera maskiner som har en PostgreSQL gemensam. Avsluta med Ctrl-C.

    Varje worker skickar brev. En av dem leder: dess klocka delar ut det övriga arbetet, såsom att släppa
    nummer, och den som är ledig utför det. Dör en maskin, tar de andra över. Med SQLite finns en maskin, och
    den behöver ingen worker.

    Exempel:
      rundbrev worker
      rundbrev worker --dir /var/lib/rundbrev
    """
    from newsletter import watching  # mail servers and the scheduler, which no other command needs
    from newsletter.working import sharing

    with opened(directory) as application, told_by_signals() as stopping:
        with sharing(application, tell=_tell) as shared, watching.answering(application):
            while not stopping.is_set():
                shared.keeper.check()
                stopping.wait(_LOOK_EVERY)
        if as_json:
            emit({"orders": shared.hands.carried_out, "deliveries": _states(application)})


@app.command()
def sink(
    directory: DirOption = DEFAULT_DIR,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Porten; annars SINK_PORT. 0 är en ledig.")
    ] = None,
) -> None:
    """Starta bara den lokala brevlådan, som tar emot övningsbrev och lägger dem i datamappen.

    Den krånglar med brev till mottagare vars adress börjar på tempfail, permfail, drop eller slow.

    Exempel:
      rundbrev sink
      rundbrev sink --port 2525
    """
    from newsletter.mail.sink import HOST, Sink  # a mail server, which no other command needs

    with opened(directory) as application, told_by_signals() as stopping:
        wanted = application.settings.sink_port if port is None else port
        with Sink(application.paths.sink, wanted, now=application.now) as running:
            told = _("Brevlådan tar emot på {host}:{port} och lägger breven i {folder}. Avsluta med Ctrl-C.")
            _tell(told.format(host=HOST, port=running.port, folder=application.paths.sink))
            stopping.wait()


@app.command()
def sender(directory: DirOption = DEFAULT_DIR, until_done: UntilDoneOption = False) -> None:
    """Kör en sändare i förgrunden. Annars sköts det av serve och work.

    Exempel:
      rundbrev sender
      rundbrev sender --until-done
    """
    from newsletter.sender import run

    with opened(directory) as application:
        status = run(application, until_done=until_done)
    if status:
        raise typer.Exit(status)


def _states(application: "App") -> dict[str, int]:
    from newsletter.services import deliveries

    with application.readers() as session:
        return {state.value: count for state, count in deliveries.states(session).items()}


def _tell(sentence: str) -> None:
    typer.echo(sentence, err=True)
