"""Text that somebody pastes into an article, made into Markdown while they write.

POST /artiklar/klistra   HTML from the clipboard in, Markdown out; nothing is kept
"""

from fastapi import Request
from starlette.responses import JSONResponse, Response

from newsletter.errors import TextRefused
from newsletter.importing import pasted
from newsletter.language import ngettext, sentence
from newsletter.web.forms import TheForm
from newsletter.web.gate import May, Pages
from subscribers.core.authority import Act

pages = Pages()

#: The characters of a form are of up to four bytes each.
_MOST_BYTES = 4 * pasted.MOST_CHARACTERS


@pages.takes("/artiklar/klistra", to=May(Act.WRITE), most_bytes=_MOST_BYTES)
def paste(request: Request, form: TheForm) -> Response:  # noqa: ARG001 - the gate has read the request
    """Answer with Markdown, and what to say about pictures that do not come along."""
    try:
        clean = pasted.clean(form.get("html", ""))
    except TextRefused as error:
        return JSONResponse({"told": sentence(error)}, status_code=422)
    told = ""
    if clean.pictures:
        told = ngettext(
            "En bild följde inte med. Spara den på datorn, och lägg till den under Bilder.",
            "{count} bilder följde inte med. Spara dem på datorn, och lägg till dem under Bilder.",
            clean.pictures,
        ).format(count=clean.pictures)
    return JSONResponse({"markdown": clean.markdown, "told": told})
