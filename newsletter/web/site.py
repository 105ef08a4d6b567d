"""The web site, put together: the pages, the files, and what is said when there is none."""

from fastapi import FastAPI
from starlette.middleware import Middleware

from newsletter.app import App
from newsletter.web import (
    account,
    address_claims,
    amending,
    archive,
    archiving,
    article_drafts,
    article_files,
    article_history,
    article_importing,
    article_pasting,
    articles,
    block_rounds,
    blocks,
    calls,
    check_ups,
    checking,
    composing,
    correcting,
    entering,
    files,
    handovers,
    house,
    imports,
    inbox,
    issues,
    letter_rules,
    letter_sending,
    letters,
    notice_files,
    notices,
    organisation,
    own_addresses,
    own_links,
    own_members,
    own_page,
    own_rights,
    people,
    planning,
    preferences,
    privacy,
    refusals,
    regional_letters,
    reports,
    reviewer,
    reviewing,
    scheduling,
    segments,
    sendings,
    sign_in,
    sign_up,
    sink,
    start,
    style_page,
    trials,
    unsubscribe,
    unsubscribe_trials,
    web_versions,
)
from newsletter.web.guard import SafeHeaders
from newsletter.web.pages import Site

#: Every noun with pages. Where two could answer, the first does.
NOUNS = (
    unsubscribe,
    unsubscribe_trials,
    check_ups,
    preferences,
    sign_up,
    archive,
    web_versions,
    privacy,
    own_links,
    own_page,
    own_rights,
    own_addresses,
    files,
    sign_in,
    account,
    entering,
    style_page,
    start,
    article_pasting,
    article_importing,
    article_drafts,
    articles,
    article_files,
    article_history,
    blocks,
    checking,
    block_rounds,
    imports,
    people,
    address_claims,
    calls,
    segments,
    house,
    handovers,
    issues,
    composing,
    letters,
    trials,
    reviewing,
    reviewer,
    planning,
    regional_letters,
    letter_sending,
    letter_rules,
    organisation,
    own_members,
    inbox,
    sendings,
    archiving,
    correcting,
    amending,
    scheduling,
    reports,
    notices,
    notice_files,
    sink,
)


def make_site(app: App) -> FastAPI:
    """Return the ASGI application for a Rundbrev application, which the caller closes."""
    site = Site(app)
    web = FastAPI(
        title="Rundbrev",
        openapi_url=None,  # no pages about the pages: theirs load scripts from elsewhere
        redirect_slashes=False,  # RFC 8058 3.1: no redirects
        middleware=[Middleware(SafeHeaders, behind_tls=site.behind_tls)],
    )
    web.state.site = site
    refusals.install(web, site)
    for noun in NOUNS:
        web.include_router(noun.pages)
    return web
