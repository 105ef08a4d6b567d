"""What may not stand in a mail's HTML or text is taken out of every word before anything is rendered."""

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

_Value = TypeVar("_Value")

#: Controls other than tab and line feed, and the noncharacters: XML 1.0 has no place for them (2.2), and the
#: MJML parser gives up on them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_HALVES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Return the text without controls, with line feeds for line ends and U+FFFD for half a character."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _HALVES.sub("\ufffd", _FORBIDDEN.sub("", text))


def one_line(text: str) -> str:
    """Return the text cleaned and on one line, with single spaces."""
    return re.sub(r"[ \t\n]+", " ", clean(text)).strip(" ")


def cleaned(value: _Value) -> _Value:
    """Clean every text in a frozen value, in the values within it and in its tuples."""
    if isinstance(value, str):
        return cast(_Value, clean(value))
    if isinstance(value, tuple):
        return cast(_Value, tuple(cleaned(part) for part in value))
    if is_dataclass(value) and not isinstance(value, type):
        # replace() wants its own type; what comes in is one of rendering's frozen values.
        parts: dict[str, Any] = {f.name: cleaned(getattr(value, f.name)) for f in fields(value)}
        return cast(_Value, replace(cast(Any, value), **parts))
    return value
