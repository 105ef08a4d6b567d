"""The first page: which issues there are, and how each one stands."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from newsletter.web.pages import SHOWN, TheSite

router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=SHOWN)
def start(request: Request, site: TheSite) -> Response:
    """Show the issues, the latest first."""
    return site.page(request, "start/page.html", issues=[])
