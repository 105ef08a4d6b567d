"""What an article has been.

GET, HEAD /artiklar/{id}/historik    its versions, with what differs; POST brings one back
"""

from fastapi import Request
from fastapi.exceptions import HTTPException
from starlette.responses import Response

from newsletter.core import differences
from newsletter.language import _
from newsletter.services import articles
from newsletter.web import article_desk, numbers
from newsletter.web.forms import TheForm
from newsletter.web.gate import May, Pages
from newsletter.web.pages import TheSite
from newsletter.web.visits import TheVisit
from subscribers.core.authority import Act

pages = Pages()


@pages.shows("/artiklar/{article_id:int}/historik", to=May(Act.WRITE))
def history(request: Request, site: TheSite, visit: TheVisit, article_id: int, version: str = "") -> Response:
    """Show what the article has been, and what differs between a version and now."""
    with site.app.readers() as session:
        article = article_desk.mine(session, visit, article_id)
        found = list(reversed(articles.revisions(session, article_id=article_id)))
        wanted = numbers.whole(version) or (found[1].number if len(found) > 1 else found[0].number)
        chosen = next((each for each in found if each.number == wanted), None)
        if chosen is None:
            raise HTTPException(404)
        now = articles.to_text(article)
        parts = [
            (words, differences.words(str(chosen.content[name] or ""), getattr(now, name)))
            for name, words in (
                ("title", _("Rubrik")),
                ("kicker", _("Vinjett")),
                ("lead", _("Ingress")),
                ("body", _("Text")),
            )
        ]
        return site.page(
            request,
            "articles/history.html",
            visit=visit,
            article=article,
            revisions=found[:50],
            chosen=chosen,
            parts=[(words, part) for words, part in parts if part],
        )


@pages.takes("/artiklar/{article_id:int}/historik", to=May(Act.WRITE))
def restore(site: TheSite, visit: TheVisit, form: TheForm, article_id: int) -> Response:
    """Bring a version back, as a new one."""
    with site.app.sessions.begin() as session:
        article_desk.mine_to_change(session, visit, article_id, today=site.today())
        number = numbers.whole(form.get("version", "")) or 0
        articles.restore(session, article_id=article_id, number=number, now=site.app.now(), by=visit.actor)
    return site.back(f"/artiklar/{article_id}", done="ater")
