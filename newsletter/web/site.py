"""The web site, put together: who may see what, the pages, the files, and what is said when there is none."""

from fastapi import FastAPI, Request
from starlette.middleware import Middleware
from starlette.responses import Response

from newsletter.app import App
from newsletter.web import files, preferences, refusals, sign_up, sink, start, unsubscribe
from newsletter.web.guard import LocalOnly, SafeHeaders
from newsletter.web.pages import Site


def make_site(app: App) -> FastAPI:
    """Return the ASGI application for a Rundbrev application, which the caller closes."""
    site = Site(app)

    async def hidden(request: Request) -> Response:
        return refusals.page(site, request, 404)

    web = FastAPI(
        title="Rundbrev",
        openapi_url=None,  # no pages about the pages: theirs load scripts from elsewhere
        redirect_slashes=False,  # RFC 8058 3.1: no redirects
        middleware=[Middleware(SafeHeaders), Middleware(LocalOnly, hidden=hidden)],
    )
    web.state.site = site
    refusals.install(web, site)
    for pages in (unsubscribe, preferences, sign_up, files, start, sink):
        web.include_router(pages.router)
    return web
