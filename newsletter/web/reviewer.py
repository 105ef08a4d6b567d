"""Reviewing an issue by the link in a mail: no sign-in, this issue only, and nothing happens by looking.

GET, HEAD /granska/{token}          the versions as they were frozen, what waits for a yes, what differs
GET, HEAD /granska/{token}/brev     one version's letter, for the frame
POST      /granska/{token}          approves, comments, sends back, or takes a yes back
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from newsletter.core import differences
from newsletter.core.approvals import Piece
from newsletter.core.differences import Stretch
from newsletter.core.messages import MessageTemplate
from newsletter.language import mark, sentence, using
from newsletter.models import ReviewComment, ReviewCopy
from newsletter.services import approvals, issues, previews, reviews
from newsletter.services.approvals import Said
from newsletter.services.piece_words import piece_name
from newsletter.services.previews import Reader
from newsletter.services.reviews import Seat
from newsletter.web import forms, preview
from newsletter.web.files import picture_within
from newsletter.web.forms import Form
from newsletter.web.gate import ByKey, Pages
from newsletter.web.looks import number
from newsletter.web.pages import Site, TheSite
from subscribers.core import tokens
from subscribers.core.tokens import Purpose
from subscribers.errors import BadToken, NotFound, SentenceError

pages = Pages(
    done={
        "allt": mark("Numret är godkänt. Redaktören får veta det."),
        "del": mark("Godkänt."),
        "ord": mark("Kommentaren är sparad. Skicka tillbaka numret när du är klar."),
        "ater": mark("Numret är skickat tillbaka. Redaktören får dina kommentarer."),
        "angrat": mark("Godkännandet är borttaget."),
    }
)

_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """A piece as the reviewer meets it.

    ``approved``: somebody has said yes to this very text; ``mine``: the reviewer has. ``difference`` is how
    it differs from the text that was said yes to before; empty for one that is new or the same.
    """

    piece: Piece
    name: str
    approved: bool
    mine: bool
    difference: Sequence[Stretch]
    comments: Sequence[ReviewComment]


def _reviewer(token: str, site: TheSite) -> int:
    try:
        [reviewer] = tokens.read(site.app.keyring, Purpose.REVIEW, token)
    except (BadToken, ValueError):
        raise NotFound("Länken gäller inte. Kanske blev den avkortad: öppna den igen från brevet.") from None
    return reviewer


#: The reviewer that the token in the path names.
TheReviewer = Annotated[int, Depends(_reviewer)]


async def _posted(request: Request) -> Form:
    return await forms.posted_form(request, most_bytes=_MOST_BYTES)


Posted = Annotated[Form, Depends(_posted)]


@pages.shows("/granska/{token}", to=ByKey())
def ask(request: Request, site: TheSite, token: str, reviewer: TheReviewer) -> Response:
    """Show what is to be reviewed."""
    return _page(request, site, token, reviewer)


@pages.shows("/granska/{token}/brev", to=ByKey())
def letter(site: TheSite, reviewer: TheReviewer, version: str = "") -> Response:
    """Give a version's letter alone, under a policy by which nothing runs and nothing is fetched."""
    with site.app.readers() as session:
        at = reviews.seat(session, reviewer_id=reviewer)
        copy = _copy(at, version)
        if copy is None:
            raise NotFound("Versionen finns inte.")
        shown = previews.filled(
            session,
            at.issue,
            MessageTemplate.load(copy.template),
            Reader(copy.region, copy.language),
            frame=site.app.frame(),
            now=at.round.asked_at,
        )
    content = preview.framed(
        shown.html,
        scheme="light",
        carried={},
        base_url=site.app.settings.base_url,
        media=partial(picture_within, site.app.paths.media, most_bytes=preview.MOST_PICTURE_BYTES),
    )
    return HTMLResponse(content, headers={"Content-Security-Policy": preview.POLICY})


@pages.takes("/granska/{token}", to=ByKey())
def answer(request: Request, site: TheSite, token: str, reviewer: TheReviewer, form: Posted) -> Response:
    """Do what the reviewer asks; what cannot be done is said on the page, with what they wrote."""
    try:
        with site.app.sessions.begin() as session:
            at = reviews.seat(session, reviewer_id=reviewer)
            reviews.check_open(at)
            reviews.check_round(at, number(form.get("round", "")))
            done = _do(session, site, at, form)
    except NotFound:
        raise
    except SentenceError as error:
        return _page(request, site, token, reviewer, form=form, wrong=sentence(error), status=409)
    return site.back(f"/granska/{token}", done=done, **_kept(form))


def _do(session: Any, site: Site, at: Seat, form: Form) -> str:
    now, key = site.app.now(), form.get("piece", "")
    who: dict[str, Any] = {"round_id": at.round.id, "subscriber_id": at.subscriber_id}
    match form.get("do"):
        case "approve":
            approvals.approve(session, keys=[key], now=now, **who)
            return "del"
        case "approve-all":
            approvals.approve(session, keys=None, now=now, **who)
            reviews.answer(session, at=at, approved=True, base_url=site.app.settings.base_url, now=now)
            return "allt"
        case "take-back":
            approvals.take_back(session, keys=[key] if key else None, **who)
            return "angrat"
        case "comment":
            reviews.comment(session, at=at, key=key, text=form.get("text", ""), now=now)
            return "ord"
        case "send-back":
            reviews.answer(session, at=at, approved=False, base_url=site.app.settings.base_url, now=now)
            return "ater"
    raise HTTPException(400)


def _kept(form: Form) -> dict[str, str]:
    version = form.get("version", "")[:400]
    return {"version": version} if version else {}


def _page(
    request: Request,
    site: Site,
    token: str,
    reviewer: int,
    *,
    form: Form | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response:
    with site.app.readers() as session:
        at = reviews.seat(session, reviewer_id=reviewer)
        speaks = "en" if at.reviewer.subscriber.language == "en" else "sv"
        version = (form or request.query_params).get("version", "")
        copy = _copy(at, version)
        with using(speaks):
            lines = _lines(session, at)
            return site.page(
                request,
                "reviews/reviewer.html",
                status=status,
                speaks=speaks,
                at=at,
                name=issues.name_of(at.issue),
                token=token,
                lines=lines,
                waiting=[line for line in lines if not line.approved],
                copies=[each for each in at.round.copies if each.language == (copy or each).language],
                copy=copy,
                form=form,
                wrong=wrong,
            )


def _copy(at: Seat, version: str) -> ReviewCopy | None:
    """Return the copy of this name, in Swedish; the first one unless it names one. None: there are none."""
    swedish = [copy for copy in at.round.copies if copy.language == "sv"] or at.round.copies
    named = [copy for copy in swedish if copy.name == version]
    if version and not named:
        raise NotFound("Versionen finns inte.")
    return next(iter(named or swedish), None)


def _lines(session: Any, at: Seat) -> list[Line]:
    said = approvals.fingerprints(session, at.issue.id)
    mine = approvals.fingerprints(session, at.issue.id, subscriber_id=at.subscriber_id)
    before = approvals.said_before(session, at.issue.id)
    comments = reviews.comments(session, at.issue.id)
    return [
        Line(
            piece=piece,
            name=piece_name(piece),
            approved=piece.fingerprint in said.get(piece.key, ()),
            mine=piece.fingerprint in mine.get(piece.key, ()),
            difference=_difference(piece, before),
            comments=[each for each in comments if each.piece == piece.key],
        )
        for piece in approvals.pieces_of(at.round)
    ]


def _difference(piece: Piece, before: Mapping[str, Said]) -> Sequence[Stretch]:
    said = before.get(piece.key)
    if said is None or said.fingerprint == piece.fingerprint:
        return ()
    return differences.words(said.text, piece.text)
