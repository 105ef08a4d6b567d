"""An extract as a page that anybody can open and read: one HTML file without anything from elsewhere."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from newsletter.language import _, mark

#: What people call each table of an extract.
TITLES = {
    "subscribers": mark("Personen"),
    "addresses": mark("E-postadresser"),
    "lists": mark("Listor och rättslig grund"),
    "consents": mark("Ja och nej, med texten som visades"),
    "subscriptions": mark("Vad som gäller nu"),
    "deliveries": mark("Brev"),
    "issues": mark("Nummer som breven hör till"),
    "roles": mark("Uppdrag"),
    "tags": mark("Etiketter"),
    "followed_regions": mark("Regioner som följs"),
    "field_changes": mark("Ändrade uppgifter"),
    "articles": mark("Artiklar som personen ansvarar för"),
    "suppressions": mark("Spärrade adresser"),
    "sign_ups": mark("Anmälningar"),
    "acts": mark("Vad som har gjorts"),
    "address_changes": mark("Önskemål om ny adress"),
    "notes": mark("Korta brev från programmet"),
    "own_page_links": mark("Länkar till dina uppgifter"),
    "own_page_sessions": mark("När dina uppgifter har öppnats"),
    "sign_in_links": mark("Länkar att logga in med"),
    "web_sessions": mark("Inloggningar"),
    "known_devices": mark("Webbläsare som har använts"),
    "passwords": mark("Lösenord"),
    "suppression_releases": mark("Hävda spärrar"),
    "address_failures": mark("Brev som har kommit tillbaka"),
    "calls": mark("Att ringa eller skriva till"),
}

_STYLE = (
    "body{font:17px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d1b18;"
    "background:#fffdf9}h1,h2{font-family:Georgia,serif;line-height:1.25}h2{border-top:1px solid #d9d3c7;"
    "padding-top:1.5rem;margin-top:2rem}dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;"
    "gap:.25rem 1rem;margin:0 0 1.5rem}dt{color:#5c564c}dd{margin:0;overflow-wrap:anywhere}"
    "@media(max-width:30rem){dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}}"
)


def page(held: Mapping[str, Sequence[Mapping[str, Any]]], *, association: str, language: str) -> str:
    """Return the page, in the current language; empty values are left out."""
    title = _("Vad {association} har om dig").format(association=association)
    parts = [_section(name, rows) for name, rows in held.items()]
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>"
        f"{''.join(parts)}</main></body></html>\n"
    )


def title_of(name: str) -> str:
    """Return what people call a table of an extract; the table's own name where there is no word for it."""
    return _(TITLES[name]) if name in TITLES else name


def _section(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    title = title_of(name)
    body = "".join(_row(row) for row in rows) or f"<p>{escape(_('Inget.'))}</p>"
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


def _row(row: Mapping[str, Any]) -> str:
    terms = (
        f"<dt>{escape(name)}</dt><dd>{escape(_said(value))}</dd>"
        for name, value in row.items()
        if value not in (None, "", [], {})
    )
    return f"<dl>{''.join(terms)}</dl>"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    return str(value)
