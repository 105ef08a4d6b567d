"""The fields of a posted form, read within bounds: what strangers send is small or is not read."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from fastapi.exceptions import HTTPException
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser

#: RFC 8058's one-click body is 26 bytes, our own forms are smaller still; multipart adds its boundaries.
MOST_BYTES = 8 * 1024
MOST_FIELDS = 20
#: How long a form may take to arrive, in seconds: a slow sender must not hold the page.
PATIENCE = 15

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


async def posted_fields(request: Request) -> Mapping[str, str]:
    """Return a form's text fields by name; of a repeated one, the last. Files are left out.

    Reads urlencoded and multipart/form-data (RFC 8058 3.1 asks for both). Raises ``HTTPException``: 415 for
    any other type, 413 beyond ``MOST_BYTES``, 408 beyond ``PATIENCE``, 400 for what cannot be read.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (URLENCODED, MULTIPART):
        raise HTTPException(415)
    body = await _bounded_body(request)
    try:
        return _urlencoded(body) if kind == URLENCODED else await _multipart(request.headers, body)
    except (ValueError, LookupError, MultiPartException) as error:
        raise HTTPException(400) from error


#: For the signature of a page that takes a form.
Fields = Annotated[Mapping[str, str], Depends(posted_fields)]


async def _bounded_body(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408) from None
    return bytes(body)


def _urlencoded(body: bytes) -> Mapping[str, str]:
    pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    return dict(pairs)


async def _multipart(headers: Headers, body: bytes) -> Mapping[str, str]:
    async def once() -> AsyncGenerator[bytes, None]:
        yield body

    form = await MultiPartParser(
        headers, once(), max_files=MOST_FIELDS, max_fields=MOST_FIELDS, max_part_size=MOST_BYTES
    ).parse()
    try:
        return {name: value for name, value in form.multi_items() if isinstance(value, str)}
    finally:
        await form.close()
