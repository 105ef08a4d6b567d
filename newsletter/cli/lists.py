"""``rundbrev lists``: what people can get, and on what ground we write to them."""

import typer

from newsletter.cli.frame import DEFAULT_DIR, DirOption, JsonOption, emit, opened, show_table
from newsletter.language import _, current, mark
from subscribers.core.purposes import GROUNDS, Basis
from subscribers.models import MailingList
from subscribers.services import lists as all_lists

app = typer.Typer()

_BASES = {
    Basis.CONSENT: mark("samtycke"),
    Basis.CONTRACT: mark("avtal (medlemskapet)"),
    Basis.LEGITIMATE_INTEREST: mark("berättigat intresse"),
}


@app.command("lists")
def show(directory: DirOption = DEFAULT_DIR, as_json: JsonOption = False) -> None:
    """Visa listorna: vad de är till för, på vilken grund vi skriver, och vem som kan säga nej.

    Exempel:
      rundbrev lists
    """
    with opened(directory) as application, application.readers() as session:
        found = all_lists.all_lists(session)
    if as_json:
        emit({"lists": [_facts(each) for each in found]})
        return
    show_table(
        (_("Lista"), _("Namn"), _("Rättslig grund"), _("Kan lämnas"), _("Vem och varför"), _("Regler")),
        [_row(each) for each in found],
    )


def _row(each: MailingList) -> tuple[str, ...]:
    ground = GROUNDS[each.purpose.value]
    return (
        each.slug,
        each.name_en if current() == "en" else each.name,
        _(_BASES[ground.basis]),
        _("ja") if ground.may_be_left else _("nej"),
        _(ground.sentence),
        " ".join(ground.rules),
    )


def _facts(each: MailingList) -> dict[str, object]:
    ground = GROUNDS[each.purpose.value]
    return {
        "list": each.slug,
        "name": each.name,
        "purpose": each.purpose.value,
        "basis": ground.basis.value,
        "members_only": ground.members_only,
        "may_be_left": ground.may_be_left,
        "why": _(ground.sentence),
        "rules": list(ground.rules),
    }
