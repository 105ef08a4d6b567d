"""Server-sent events: a page is told what has changed, over an answer that stays open (HTML 9.2)."""

from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse

#: How soon a browser asks again when the stream has ended or broken, in milliseconds.
_ASK_AGAIN = 3000


def stream(events: AsyncIterator[tuple[str, str]]) -> StreamingResponse:
    """Send events as they come: each a name and a text, such as HTML for a part of the page."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # no proxy keeps it back
    return StreamingResponse(_written(events), media_type="text/event-stream", headers=headers)


async def _written(events: AsyncIterator[tuple[str, str]]) -> AsyncIterator[str]:
    yield f"retry: {_ASK_AGAIN}\n\n"
    async for name, text in events:
        yield written(name, text)


def written(name: str, text: str) -> str:
    """Write one event; each line of its text is a field of its own."""
    return f"event: {name}\n" + "".join(f"data: {line}\n" for line in text.splitlines() or [""]) + "\n"
