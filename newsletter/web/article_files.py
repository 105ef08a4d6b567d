"""The pictures and attachments of an article: they come with its form, so that no word is lost on the way.

POST /artiklar/{id}/bild     adds a picture, changes the words of those there are, or takes one away
POST /artiklar/{id}/bilaga   the same for attachments

Saving the article takes both along as well (``articles``). What else is written on the page and not saved is
kept as a draft, and stands in the editor again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import Request
from starlette.responses import Response

from newsletter.core.articles import Attachment, Picture
from newsletter.errors import ArticleChanged, ArticleError, NewsletterError
from newsletter.importing import attachments, pictures
from newsletter.language import mark, sentence
from newsletter.models import Article
from newsletter.rendering import films
from newsletter.services import articles
from newsletter.web import article_desk, article_drafts, article_editor, media
from newsletter.web.forms import Form, TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import Site, TheSite
from newsletter.web.visits import TheVisit, Visit
from subscribers.core.authority import Act

#: What is said after an act with files, also where it began on the page of a new article.
DONE = {
    "bild": mark("Bilden är sparad."),
    "tung": mark("Bilden är sparad. Den är tung, och tar tid att hämta på en telefon."),
    "utan-bild": mark("Bilden är borttagen ur artikeln."),
    "bilaga": mark("Bilagan är sparad. I brevet blir den en länk."),
    "stum": mark(
        "Bilagan är sparad. Den ser ut att komma ur en skanner, utan text: den som lyssnar med skärmläsare "
        "hör ingenting. Skriv det viktigaste i artikeln, eller spara PDF:en direkt ur ordbehandlaren."
    ),
    "utan-bilaga": mark("Bilagan är borttagen ur artikeln."),
    "ord": mark("Orden är sparade."),
}
pages = Pages(done=DONE)

#: A photo as it comes from a telephone, together with the article's words.
MOST_BYTES = pictures.MOST_BYTES + article_desk.MOST_BYTES
_MOST_AT_ONCE = 10
_LONGEST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Brought:
    """New files that came with a form, kept already: what the article is to have of them."""

    pictures: Sequence[Picture] = field(default_factory=tuple)
    attachments: Sequence[Attachment] = field(default_factory=tuple)
    is_heavy: bool = False
    is_mute: bool = False

    @property
    def done(self) -> str:
        """The word for what has been done with them, after which the page shows a sentence; "" for none."""
        if self.attachments:
            return "stum" if self.is_mute else "bilaga"
        return "" if not self.pictures else "tung" if self.is_heavy else "bild"


@pages.takes("/artiklar/{article_id:int}/bild", to=May(Act.WRITE), most_bytes=MOST_BYTES)
def picture(request: Request, site: TheSite, visit: TheVisit, form: TheForm, article_id: int) -> Response:
    """Add pictures, change what is said of them, or take one away."""
    return _changed(request, site, visit, form, article_id)


@pages.takes("/artiklar/{article_id:int}/bilaga", to=May(Act.WRITE), most_bytes=MOST_BYTES)
def attachment(request: Request, site: TheSite, visit: TheVisit, form: TheForm, article_id: int) -> Response:
    """Add attachments, change the words of their links, or take one away."""
    return _changed(request, site, visit, form, article_id)


def bring(site: Site, form: Form) -> Brought:
    """Make the files in a form ready and keep them. Raises ``ArticleError`` for one that will not do."""
    ready = [
        pictures.prepare(upload.content, name=upload.filename[:80])
        for upload in form.files.get("file", [])[:_MOST_AT_ONCE]
    ]
    files = [
        attachments.prepare(upload.content, name=upload.filename[:200])
        for upload in form.files.get("attachment", [])[:_MOST_AT_ONCE]
    ]
    if form.get("film", "").strip():
        _check_film(form["film"])
        ready = [pictures.with_play_sign(each) for each in ready]
    folder, said = (
        site.app.paths.media,
        {name: form.get(name, "").strip() for name in ("caption", "credit", "alt", "film")},
    )
    label = form.get("label", "").strip()[:_LONGEST_WORDS]
    return Brought(
        [Picture(**said, file=media.keep(folder, each.content, each.suffix)) for each in ready],
        [
            Attachment(
                label or each.label, media.keep_named(folder, each.content, each.name), len(each.content)
            )
            for each in files
        ],
        is_heavy=any(each.is_heavy for each in ready),
        is_mute=any(each.is_mute for each in files),
    )


def _check_film(written: str) -> None:
    if films.film(written.strip()) is None:
        raise ArticleError(
            "Filmens adress ska vara en webbadress, som https://vimeo.com/123456. Rätta den, "
            "eller lämna den tom."
        )


def check_chosen(form: Form, brought: Brought) -> None:
    """Raise ``ArticleError`` where a file was to be added and none came along."""
    if form.get("do") == "add" and not brought.done:
        raise ArticleError("Ingen fil är vald. Välj en, och tryck på knappen igen.")


def put(session: Any, article: Article, form: Form, brought: Brought, *, now: Any, by: str) -> None:
    """Give an article the new files, and say and leave out of those it has what the form does.

    Raises ``ArticleChanged`` where those that the form speaks of are not the article's any more.
    """
    had = articles.to_text(article)
    shown = [*_pictures(had.pictures, form), *brought.pictures]
    articles.set_images(session, article_id=article.id, pictures=shown, now=now, by=by)
    linked = [*_attachments(had.attachments, form), *brought.attachments]
    articles.set_files(session, article_id=article.id, attachments=linked, now=now, by=by)


def _changed(request: Request, site: Site, visit: Visit, form: Form, article_id: int) -> Response:
    with site.app.readers() as session:
        article_desk.mine(session, visit, article_id)  # before anything is kept
    try:
        article_desk.check_length(form)
        brought = bring(site, form)
        check_chosen(form, brought)
        with site.app.sessions.begin() as session:
            article = article_desk.mine_to_change(session, visit, article_id, today=site.today())
            before = article.revision
            put(session, article, form, brought, now=site.app.now(), by=visit.actor)
            draft = article_drafts.carried_on(
                session, visit, article, form, before=before, now=site.app.now()
            )
    except NewsletterError as error:
        return article_editor.refused(request, site, visit, article_id, form, sentence(error))
    query = {"utkast": str(draft)} if draft else {}
    return site.back(f"/artiklar/{article_id}", done=brought.done or _done(form), **query)


def _done(form: Form) -> str:
    kind = form.get("do", "").rpartition("-")[0]
    return {"remove-picture": "utan-bild", "remove-attachment": "utan-bilaga"}.get(kind, "ord")


def _pictures(had: Sequence[Picture], form: Form) -> list[Picture]:
    kept = []
    for number, each in enumerate(had):
        _check_same(form.get(f"picture-{number}"), each.file or "")
        if form.get("do") != f"remove-picture-{number}":
            words = {
                name: form[f"{name}-{number}"].strip()[:_LONGEST_WORDS]
                for name in ("alt", "caption", "credit", "film")
                if f"{name}-{number}" in form
            }
            if words.get("film"):
                _check_film(words["film"])
            kept.append(replace(each, **words))
    return kept


def _attachments(had: Sequence[Attachment], form: Form) -> list[Attachment]:
    kept = []
    for number, each in enumerate(had):
        _check_same(form.get(f"attachment-{number}"), each.file or "")
        if form.get("do") != f"remove-attachment-{number}":
            label = form.get(f"label-{number}", each.label).strip()[:_LONGEST_WORDS]
            kept.append(replace(each, label=label or each.label))
    return kept


def _check_same(said: str | None, stands: str) -> None:
    """Refuse a form that speaks of another file in this place: somebody has changed them meanwhile."""
    if said is not None and said != stands:
        raise ArticleChanged(
            "Någon annan har ändrat artikelns bilder eller bilagor medan du skrev. Se efter hur de står nu, "
            "och gör om det du ville göra."
        )
