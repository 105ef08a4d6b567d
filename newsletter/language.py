"""Swedish first, English second: what people read, in their language.

The Swedish sentence in the code is the message id, so Swedish needs no catalogue and can never be
missing. English stands in ``newsletter/locale/en.po``, read once when first asked for.
"""

import gettext as stdlib_gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

from subscribers.core.names import genitive
from subscribers.errors import SentenceError

LANGUAGES = ("sv", "en")

_current: ContextVar[str] = ContextVar("language", default="sv")


@cache
def _catalogue(language: str) -> stdlib_gettext.NullTranslations:
    if language == "sv":
        return _Swedish()
    # Babel is only needed, and only imported, where somebody reads English.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    source = files("newsletter").joinpath("locale", f"{language}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=language))
    compiled.seek(0)
    return stdlib_gettext.GNUTranslations(compiled)


class _Swedish(stdlib_gettext.NullTranslations):
    """The message ids as they are; Swedish has the plural for everything but one."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if n == 1 else msgid2


def current() -> str:
    """Return the language of whoever is being spoken to: ``sv`` or ``en``."""
    return _current.get()


def choose(language: str) -> None:
    """Speak this language from now on in this thread or task. Unknown ones become Swedish."""
    _current.set(language if language in LANGUAGES else "sv")


@contextmanager
def using(language: str) -> Iterator[None]:
    """Speak this language inside the block. Unknown ones become Swedish."""
    token = _current.set(language if language in LANGUAGES else "sv")
    try:
        yield
    finally:
        _current.reset(token)


def _(swedish: str) -> str:
    """Return the sentence in the current language."""
    # A catalogue keeps its own header under the empty id.
    return _catalogue(_current.get()).gettext(swedish) if swedish else ""


def mark(swedish: str) -> str:
    """Mark a sentence for the catalogue where it is written; whoever shows it says ``_(...)``."""
    return swedish


def ngettext(one: str, many: str, n: int) -> str:
    """Return the form for ``n`` in the current language."""
    return _catalogue(_current.get()).ngettext(one, many, n)


def sentence(error: SentenceError) -> str:
    """Return what the error says, in the current language."""
    return _(error.sentence).format(**error.facts)


def whose(name: str) -> str:
    """Return a name's genitive in the language of whoever is being spoken to: Västerås, Västerås's."""
    return genitive(name) if current() == "sv" else f"{name}’s"
