"""What ``rundbrev articles`` says of articles: as facts for scripts, and as text for people."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from newsletter.cli.frame import show_table
from newsletter.core.articles import ArticleText
from newsletter.importing.values import Proposal, Proposed
from newsletter.language import _, mark, ngettext
from newsletter.models import Article, ArticleRevision, ArticleStatus
from newsletter.services.articles import Imported, Outcome, to_text

#: So much of a lead or a body is shown where only its beginning is.
_BEGINNING = 90

_STATUSES = {
    ArticleStatus.DRAFT: mark("utkast"),
    ArticleStatus.READY: mark("klar"),
    ArticleStatus.ARCHIVED: mark("arkiverad"),
}
_OUTCOMES = {
    Outcome.IMPORTED: mark("inläst"),
    Outcome.UNCHANGED: mark("oförändrad"),
    Outcome.CHANGED: mark("ändrad"),
    Outcome.ARCHIVED: mark("arkiverad"),
    Outcome.KEPT: mark("lämnad som den var"),
}


# --- Facts ---


def text_facts(text: ArticleText) -> dict[str, Any]:
    """Return an article's content for scripts. Captions hold their credits; ``byline`` may be None."""
    byline = {"name": text.byline_name, "role": text.byline_role}
    return {
        "title": text.title,
        "kicker": text.kicker,
        "date": text.dateline.isoformat() if text.dateline else None,
        "lead": text.lead,
        "body": text.body,
        "byline": byline if text.byline_name or text.byline_role else None,
        "captions": [c for p in text.pictures if (c := f"{p.caption} {p.credit}".strip())],
        "links": [link.url for link in text.links],
        "language": text.language,
        "images": [
            {"file": p.file, "alt": p.alt, "caption": p.caption, "credit": p.credit} for p in text.pictures
        ],
        "attachments": [attachment.label for attachment in text.attachments],
        "origin": text.origin,
    }


def proposal_facts(proposals: Sequence[Proposal], refused: Sequence[str]) -> dict[str, Any]:
    """Return what ``--dry-run --json`` prints: one object over all files."""
    return {
        "articles": [_proposed_facts(article) for p in proposals for article in p.articles],
        "dropped": [line for p in proposals for line in p.dropped],
        "refused": list(refused),
    }


def import_facts(done: Sequence[Imported], dropped: Sequence[str], refused: Sequence[str]) -> dict[str, Any]:
    """Return what an import with ``--json`` prints."""
    counts = {outcome.value: sum(one.outcome is outcome for one in done) for outcome in Outcome}
    return {
        "articles": [record_facts(one.article) | {"outcome": one.outcome.value} for one in done],
        "dropped": list(dropped),
        "refused": list(refused),
        **counts,
    }


def record_facts(article: Article) -> dict[str, Any]:
    """Return an article's record for scripts."""
    return {
        "id": article.id,
        **text_facts(to_text(article)),
        "audience": None if article.audience.regions is None else sorted(article.audience.regions),
        "status": article.status.value,
        "expires": article.expires_on.isoformat() if article.expires_on else None,
        "revision": article.revision,
    }


def revision_facts(revision: ArticleRevision) -> dict[str, Any]:
    """Return a revision for scripts."""
    return {
        "number": revision.number,
        "at": revision.created_at.isoformat(),
        "by": revision.created_by,
        "content": revision.content,
    }


def _proposed_facts(article: Proposed) -> dict[str, Any]:
    return {
        **text_facts(article.text),
        "line": article.number,
        "audience": list(article.audience) or None,
        "status": article.status,
        "expires": article.expires_on.isoformat() if article.expires_on else None,
    }


# --- Text for people ---


def show_proposals(proposals: Sequence[Proposal], refused: Sequence[str], saved: Path | None) -> None:
    """Show how each file would be split, as an outline."""
    console = Console(highlight=False)
    for proposal in proposals:
        tree = Tree(Text(proposal.origin, style="bold"), guide_style="dim")
        for article in proposal.articles:
            _add(tree, article)
        if proposal.dropped:
            left = tree.add(Text(_("Hör till webbsidan och tas bort:"), style="dim"))
            for line in proposal.dropped:
                left.add(Text(_beginning(line), style="dim"))
        console.print(tree)
    count = sum(len(p.articles) for p in proposals)
    if proposals or not refused:
        typer.echo(
            ngettext("{n} artikel. Inget är inläst än.", "{n} artiklar. Inget är inläst än.", count).format(
                n=count
            )
        )
    if saved is not None:
        typer.echo(
            _("Dispositionen ligger i {file}. Rätta den och läs in med --outline {file}.").format(file=saved)
        )


def show_import(done: Sequence[Imported], dropped: Sequence[str]) -> None:
    """Show what an import did, and which lines it left out."""
    if done:
        rows = [(one.article.id, _(_OUTCOMES[one.outcome]), one.article.title) for one in done]
        show_table([_("Id"), _("Vad som hände"), _("Titel")], rows)
    for line in dropped:
        typer.echo(_("Togs bort, hör till webbsidan: {line}").format(line=_beginning(line)))
    fresh = sum(one.outcome is Outcome.IMPORTED for one in done)
    typer.echo(ngettext("{n} ny artikel.", "{n} nya artiklar.", fresh).format(n=fresh))


def show_list(found: Sequence[Article]) -> None:
    """Show articles as a table; say what to do when there are none."""
    if not found:
        typer.echo(_("Inga artiklar än. Läs in texter med rundbrev articles import FIL."))
        return
    headings = [_("Id"), _("Titel"), _("Läge"), _("För"), _("Från")]
    show_table(headings, [(a.id, a.title, _(_STATUSES[a.status]), _whom(a), a.origin) for a in found])


def show_article(article: Article, history: Sequence[ArticleRevision], zone: ZoneInfo) -> None:
    """Show a whole article, and when it was changed, in the association's time."""
    text = to_text(article)
    dated = text.dateline.isoformat() if text.dateline else ""
    byline = ", ".join(filter(None, (text.byline_name, text.byline_role)))
    head = [" ".join(filter(None, (text.kicker, dated))), text.title, byline]
    typer.echo("\n".join(line for line in head if line))
    for part in (text.lead, text.body):
        if part:
            typer.echo(f"\n{part}")
    rows: Mapping[str, Sequence[str]] = {
        _("Bilder"): [f"{p.caption} {p.credit}".strip() or p.alt for p in text.pictures],
        _("Länkar"): [link.url for link in text.links],
        _("Bilagor"): [attachment.label for attachment in text.attachments],
        _("Läge"): [_(_STATUSES[article.status])],
        _("För"): [_whom(article)],
        _("Sista dag"): [article.expires_on.isoformat()] if article.expires_on else [],
        _("Från"): [article.origin] if article.origin else [],
        _("Versioner"): [
            f"{r.number}: {r.created_at.astimezone(zone):%Y-%m-%d %H:%M} {r.created_by}".rstrip()
            for r in history
        ],
    }
    typer.echo()
    for name, values in rows.items():
        for value in values:
            typer.echo(f"{name}: {value}")


def tell_edited(article: Article, changed: bool) -> None:
    """Say what an edit did."""
    told = (
        _("Artikel {id}, ”{title}”, är ändrad (version {revision}).")
        if changed
        else _("Artikel {id}, ”{title}”, var redan så. Inget är ändrat.")
    )
    typer.echo(told.format(id=article.id, title=article.title, revision=article.revision))


def _add(tree: Tree, article: Proposed) -> None:
    text = article.text
    line = f"{article.number:>5}  " if article.number else ""
    branch = tree.add(Text.assemble((line, "dim"), (text.title, "bold")))
    for name, value in _shown(article):
        branch.add(Text.assemble((f"{name}: ", "dim"), _beginning(value)))
    for subhead in _subheads(text.body):
        branch.add(Text(f"## {subhead}"))


def _shown(article: Proposed) -> list[tuple[str, str]]:
    text = article.text
    byline = ", ".join(filter(None, (text.byline_name, text.byline_role)))
    dated = text.dateline.isoformat() if text.dateline else ""
    rows = [
        (_("vinjett"), " ".join(filter(None, (text.kicker, dated)))),
        (_("ingress"), text.lead),
        (_("av"), byline),
        *((_("bild"), f"{p.caption} {p.credit}".strip()) for p in text.pictures),
        *((_("bilaga"), attachment.label) for attachment in text.attachments),
        (_("länkar"), ", ".join(link.url for link in text.links)),
        (_("för"), ", ".join(article.audience)),
    ]
    return [(name, value) for name, value in rows if value]


def _subheads(body: str) -> list[str]:
    return [line.removeprefix("## ") for line in body.split("\n") if line.startswith("## ")]


def _whom(article: Article) -> str:
    return _("alla") if article.audience.regions is None else ", ".join(sorted(article.audience.regions))


def _beginning(text: str) -> str:
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= _BEGINNING else f"{plain[: _BEGINNING - 2]} …"
