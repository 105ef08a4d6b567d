"""``rundbrev dkim``: keys that our mail is signed with, and what to publish in the DNS."""

from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened
from newsletter.language import _

if TYPE_CHECKING:
    from newsletter.mail import signing

app = typer.Typer()


@app.command()
def make(
    selector: Annotated[
        str, typer.Argument(metavar="NAMN", help="Nyckelns namn i DNS (selector), som brev2030.")
    ],
    ed25519: Annotated[
        bool, typer.Option("--ed25519", help="En kort nyckel, bredvid en vanlig: alla kan inte läsa den.")
    ] = False,
    directory: DirOption = DEFAULT_DIR,
    as_json: JsonOption = False,
) -> None:
    """Gör en nyckel för föreningens avsändaradress, och visa vad som ska stå i DNS.

    Exempel:
      rundbrev dkim make brev2030
      rundbrev dkim make brev2030e --ed25519
    """
    from newsletter.mail import signing  # the library behind it takes its time

    with opened(directory) as application:
        address = application.current().from_address
        key = signing.make(application.paths.dkim, address=address, selector=selector, ed25519=ed25519)
        if as_json:
            emit({"domain": key.domain, **_plain(key)})
            return
        typer.echo(_("Nyckeln är gjord. Lägg in det här i DNS för {domain}:").format(domain=key.domain))
        _show(key)
        typer.echo(
            _("När raden syns i DNS: sätt DKIM=own, om inte mejlservern redan signerar. Ta med nyckeln i "
              "säkerhetskopian.")
        )  # fmt: skip


@app.command()
def show(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Visa vad som ska stå i DNS för de nycklar som finns, och om vi signerar.

    Exempel:
      rundbrev dkim show
    """
    from newsletter.mail import signing

    with opened(directory) as application:
        settings = application.current()
        keys = signing.keys_of(application.paths.dkim, settings.from_address)
        signs = settings.dkim == "own"
        if as_json:
            emit({"signs": signs, "keys": [_plain(key) for key in keys]})
            return
        for key in keys:
            _show(key)
        if not keys:
            typer.echo(_("Det finns ingen nyckel. Gör en med rundbrev dkim make."))
        typer.echo(_("Breven signeras här.") if signs else _("Breven signeras inte här: DKIM är ”relay”."))


def _show(key: "signing.Key") -> None:
    typer.echo(f"  {key.name}. TXT {_quoted(key.record)}")


def _quoted(record: str) -> str:
    """Return a TXT record as zone files have it: in strings of at most 255 octets (RFC 1035 3.3.14)."""
    return " ".join(f'"{record[at : at + 255]}"' for at in range(0, len(record), 255))


def _plain(key: "signing.Key") -> dict[str, str]:
    return {"selector": key.selector, "algorithm": key.algorithm, "name": key.name, "record": key.record}
