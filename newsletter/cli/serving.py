"""``rundbrev serve``: the pages and all that works behind them."""

import typer

from newsletter.cli.frame import DEFAULT_DIR, DirOption, opened
from newsletter.language import _

app = typer.Typer()


@app.command()
def serve(directory: DirOption = DEFAULT_DIR) -> None:
    """Starta allt: webbsidor, utskick och den lokala brevlådan. Avsluta med Ctrl-C.

    Exempel:
      rundbrev serve
      rundbrev serve --dir var/demo
    """
    from newsletter import serving  # the web framework, which no other command needs

    with opened(directory) as application:
        serving.serve(
            application, ready=lambda addresses: _tell(addresses.web, addresses.sink), tell=typer.echo
        )


def _tell(web: str, sink: str | None) -> None:
    typer.echo(_("Numren visas på {address}").format(address=f"{web}/"))
    if sink is not None:
        typer.echo(
            _("Övningsbreven visas på {address} (brevlådan tar emot på {sink})").format(
                address=f"{web}/sink", sink=sink
            )
        )
    typer.echo(_("Avsluta med Ctrl-C."))
