"""Quoted-printable (RFC 2045 6.7) for text that is cut into pieces, with every line safe on its own.

Each line is at most 76 octets and never starts with "." or "From ", so a message made of such lines
needs no dot-stuffing (RFC 5321 4.5.2) and no mbox writer puts a ">" into it. There are no two blanks in a row
and none at a line's end, so DKIM's relaxed body (RFC 6376 3.4.4) is the body as it stands.
"""

import re

CRLF = "\r\n"
SOFT_BREAK = "=" + CRLF

#: Octets in a chunk: 76, less the "=" of the soft break, less two for a "=2E" that replaces a first dot.
_CHUNK_LENGTH = 73
# Never through the middle of "=C3", nor of a character in UTF-8, whose later octets are 80 to BF.
_CHUNK = re.compile(rf".{{1,{_CHUNK_LENGTH}}}(?<!=)(?<!=.)(?!=[89AB])")
_QUOTED = [chr(octet) if 32 <= octet < 127 and octet != 61 else f"={octet:02X}" for octet in range(256)]
_PLAIN = re.compile(rf"(?!\.|From )[!-<>-~](?:[ -<>-~]{{0,{_CHUNK_LENGTH - 2}}}[!-<>-~])?")
_SOLID = re.compile(r"[!-<>-~]+")  # as most links are


def encode(run: str) -> str:
    """Encode a run without line breaks; it must stand at the start of a line, and any line end may follow.

    Returns ASCII, with soft breaks inside where the run is long. Raises ``UnicodeEncodeError`` for a lone
    surrogate. A CR or LF in the run becomes ``=0D`` or ``=0A``; callers split lines, or refuse, before.
    """
    if len(run) <= _CHUNK_LENGTH and "  " not in run and _PLAIN.fullmatch(run):
        return run
    if _SOLID.fullmatch(run):
        return SOFT_BREAK.join(map(_protect, _slices(run)))
    quoted = "".join(map(_QUOTED.__getitem__, run.encode()))
    quoted = quoted.replace("  ", " =20")
    if quoted.endswith(" "):  # White space at a line's end may be lost on the way.
        quoted = quoted[:-1] + "=20"
    return SOFT_BREAK.join(map(_protect, _CHUNK.findall(quoted)))


def encode_segment(text: str, *, after_slot: bool, before_slot: bool) -> str:
    """Encode fixed text (lines end with LF) between slots, so that every slot starts a line of its own.

    After a slot it begins with a soft break, or with the line end that stands there anyway; before a slot
    it ends likewise. So whatever fills the slot cannot move what follows.
    """
    lines = text.split("\n")
    start = SOFT_BREAK if after_slot and (lines[0] or len(lines) == 1) else ""
    end = SOFT_BREAK if before_slot and lines[-1] else ""
    return start + CRLF.join(map(encode, lines)) + end


def _slices(run: str) -> list[str]:
    return [run[at : at + _CHUNK_LENGTH] for at in range(0, len(run), _CHUNK_LENGTH)]


def _protect(chunk: str) -> str:
    if chunk[0] == ".":
        return "=2E" + chunk[1:]
    return "=46" + chunk[1:] if chunk.startswith("From ") else chunk
