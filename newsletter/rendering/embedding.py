"""Pictures that travel inside the mail, where that is chosen: ``cid:`` in place of our address.

Only the mail changes. What is kept for the archive shows the hosted pictures, as web pages do.
"""

import hashlib
import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from newsletter.rendering.kept_pictures import KINDS
from newsletter.rendering.values import Enclosure, Frame

#: A mail carries so many bytes of pictures at most; further ones stay hosted. In base64 it is a third more.
MOST_BYTES = 1_000_000


def embedded(html: str, frame: Frame) -> tuple[str, tuple[Enclosure, ...]]:
    """Return the HTML with our own pictures by Content-ID (RFC 2392), and those pictures, each once.

    The HTML comes back as it is where the frame says nothing of embedding, and so does a picture that is not
    there, that no mail shows, or that does not fit any more.
    """
    if frame.embedded is None:
        return html, ()
    address = re.compile(rf'(?<=\ssrc="){re.escape(frame.base_url)}/media/([^"?#]{{1,600}})(?=")')
    host = urlsplit(frame.base_url).hostname or "localhost"
    taken: dict[str, Enclosure] = {}
    left = MOST_BYTES
    for name in dict.fromkeys(address.findall(html)):
        file = unquote(name)
        content = frame.embedded.get(file)
        if content is None or len(content) > left:
            continue
        left -= len(content)
        taken[name] = _enclosed(file, content, host)

    def known(found: re.Match[str]) -> str:
        return f"cid:{taken[found[1]].content_id}" if found[1] in taken else found[0]

    return address.sub(known, html), tuple(taken.values())


def _enclosed(file: str, content: bytes, host: str) -> Enclosure:
    digest, suffix = hashlib.sha256(content).hexdigest()[:32], PurePosixPath(file).suffix.lower()
    return Enclosure(f"{digest}{suffix}", KINDS[suffix], content, f"{digest}@{host}")
