"""The fields of a posted form, read within bounds: what strangers send is small or is not read."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from fastapi.exceptions import HTTPException
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

#: RFC 8058's one-click body is 26 bytes, our own forms are smaller still; multipart adds its boundaries.
MOST_BYTES = 8 * 1024
MOST_FIELDS = 20
#: A form of the people who work here: many rows of a table, and files.
MOST_WORK_FIELDS = 5000
MOST_FILES = 40
#: How long a form may take to arrive, in seconds: a slow sender must not hold the page.
PATIENCE = 15

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form. Its name and type are what the sender says, and prove nothing."""

    filename: str
    content_type: str
    content: bytes


class Form(Mapping[str, str]):
    """A posted form, as WTForms reads it: of a repeated field, ``get`` gives the last, ``getlist`` all."""

    def __init__(
        self,
        pairs: Sequence[tuple[str, str]],
        files: Sequence[tuple[str, Upload]] = (),
        empty_files: Sequence[str] = (),
    ) -> None:
        #: The names of files that came without any content.
        self.empty_files = tuple(empty_files)
        self._fields: dict[str, list[str]] = {}
        for name, value in pairs:
            self._fields.setdefault(name, []).append(value)
        self.files: dict[str, list[Upload]] = {}
        for name, upload in files:
            self.files.setdefault(name, []).append(upload)

    def __getitem__(self, name: str) -> str:
        return self._fields[name][-1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def getlist(self, name: str) -> list[str]:
        """Return every value of a field, in their order."""
        return list(self._fields.get(name, []))


async def posted_form(request: Request, *, most_bytes: int) -> Form:
    """Return a posted form with its files, of at most ``most_bytes`` in all.

    Files without a name or content, which browsers send for an empty field, are left out; those
    without content alone are named in ``empty_files``. Raises as ``posted_fields`` does.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (URLENCODED, MULTIPART):
        raise HTTPException(415)
    body = await _bounded_body(request, most_bytes)
    try:
        if kind == URLENCODED:
            return Form(_pairs(body, MOST_WORK_FIELDS))
        return await _multipart_form(request.headers, body, most_bytes)
    except (ValueError, LookupError, MultiPartException) as error:
        raise HTTPException(400) from error


async def _the_form(request: Request) -> Form:
    form: Form = request.state.form
    return form


#: For the signature of a page that takes a form; its gate has read it.
TheForm = Annotated[Form, Depends(_the_form)]


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


async def _bounded_body(request: Request, most_bytes: int = MOST_BYTES) -> bytes:
    body = bytearray()
    # A photo over a telephone line is no slow sender.
    patience = PATIENCE + most_bytes / 50_000
    try:
        async with asyncio.timeout(patience):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most_bytes:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408) from None
    return bytes(body)


def _urlencoded(body: bytes) -> Mapping[str, str]:
    return dict(_pairs(body, MOST_FIELDS))


def _pairs(body: bytes, most: int) -> list[tuple[str, str]]:
    return parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=most)


async def _multipart_form(headers: Headers, body: bytes, most_bytes: int) -> Form:
    async def once() -> AsyncGenerator[bytes, None]:
        yield body

    parsed = await MultiPartParser(
        headers, once(), max_files=MOST_FILES, max_fields=MOST_WORK_FIELDS, max_part_size=most_bytes
    ).parse()
    try:
        items = parsed.multi_items()
        files = [
            (name, Upload(value.filename or "", value.content_type or "", await value.read()))
            for name, value in items
            if isinstance(value, UploadFile)
        ]
        fields = [(name, value) for name, value in items if isinstance(value, str)]
        empty = [file.filename for _name, file in files if file.filename and not file.content]
        return Form(fields, [(name, file) for name, file in files if file.content], empty)
    finally:
        await parsed.close()


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
