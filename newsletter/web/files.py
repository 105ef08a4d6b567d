"""Files that pages and mails are made of: our own style, and the pictures and attachments of articles."""

from datetime import timedelta
from pathlib import Path

from fastapi.exceptions import HTTPException
from starlette.responses import FileResponse, PlainTextResponse, Response

from newsletter.core import colours, typefaces
from newsletter.web.gate import Everyone, Pages
from newsletter.web.pages import ASSETS, STATIC, TheSite

pages = Pages()

#: The style's address changes with its content, so browsers may keep it.
_KEEP_STYLE = f"public, max-age={timedelta(days=30) // timedelta(seconds=1)}"
_KEEP_MEDIA = f"public, max-age={timedelta(days=1) // timedelta(seconds=1)}"

_STYLE_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript"}

#: What mails show. SVG is not among them: it can hold scripts, and no mail program draws it.
PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
#: What mails link to. It is saved, never opened as a page of ours.
ATTACHMENTS = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
}


@pages.shows("/healthz", to=Everyone())
def alive() -> Response:
    """Say that pages are served."""
    return PlainTextResponse("ok\n")


@pages.shows("/static/colours.css", to=Everyone())
def colours_of_the_association(site: TheSite) -> Response:
    """Give the association's accent, brought to a legible contrast by day and by night."""
    accent = site.app.current().accent_color
    by_day, by_night = colours.day(accent), colours.night(accent)
    style = _samples() + (
        f":root {{ --accent: {by_day.accent}; --on-accent: {by_day.paper} }}\n"
        f"@media (prefers-color-scheme: dark) {{ "
        f":root {{ --accent: {by_night.accent}; --on-accent: {by_night.paper} }} }}\n"
    )
    return Response(style, media_type="text/css", headers={"Cache-Control": _KEEP_STYLE})


def _samples() -> str:
    """Return the rules that show each choice of typefaces on the association's page."""
    return "".join(
        f".face-{name} {{ font-family: {faces.title} }}\n.face-{name}-text {{ font-family: {faces.text} }}\n"
        for name, faces in typefaces.CHOICES.items()
    )


@pages.shows("/static/{name}", to=Everyone())
def style(name: str) -> Response:
    """Give one of our own files."""
    found = file_within(STATIC, name) or file_within(ASSETS, name)
    kind = _STYLE_TYPES.get(Path(name).suffix)
    if found is None or kind is None:
        raise HTTPException(404)
    return FileResponse(found, media_type=kind, headers={"Cache-Control": _KEEP_STYLE})


@pages.shows("/media/{name:path}", to=Everyone())
def media(name: str, site: TheSite) -> Response:
    """Give a picture or an attachment of an article: to everybody, in any page, for mails show it."""
    found = file_within(site.app.paths.media, name)
    suffix = Path(name).suffix.lower()
    kind = PICTURES.get(suffix) or ATTACHMENTS.get(suffix)
    if found is None or kind is None:
        raise HTTPException(404)
    headers = {
        "Cache-Control": _KEEP_MEDIA,
        # Web mail shows pictures inside pages of other origins.
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if suffix in ATTACHMENTS:
        return FileResponse(found, media_type=kind, headers=headers, filename=found.name)
    return FileResponse(found, media_type=kind, headers=headers)


def file_within(folder: Path, name: str) -> Path | None:
    """Return the file of that name below a folder; None for anything else, whatever the name tries.

    Links that lead out of the folder and names with a dot first are nothing.
    """
    if "\0" in name or any(part.startswith(".") for part in Path(name).parts):
        return None
    try:
        found = (folder / name).resolve()
        return found if found.is_relative_to(folder.resolve()) and found.is_file() else None
    except OSError:  # such as a name that is longer than names may be
        return None


def picture_within(folder: Path, name: str, *, most_bytes: int) -> tuple[str, bytes] | None:
    """Return the type and bytes of a picture of that name below a folder; None for anything else."""
    found = file_within(folder, name)
    kind = PICTURES.get(Path(name).suffix.lower())
    if found is None or kind is None or found.stat().st_size > most_bytes:
        return None
    return kind, found.read_bytes()
