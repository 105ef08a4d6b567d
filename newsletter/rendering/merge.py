"""Jinja: templates and values become a subject, MJML and plain text.

Templates come from files and never from articles; an article's text is a value, so ``{{ 7 * 7 }}`` in it
stays what it is. The environment is sandboxed, escapes everything but plain text, and stops at a name that
does not exist.
"""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2
from babel.dates import format_date, format_datetime
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from newsletter.core import typefaces
from newsletter.core.typefaces import Faces
from newsletter.errors import TemplateError
from newsletter.language import _, current, ngettext, whose
from newsletter.rendering import text
from newsletter.rendering.typeset import SetArticle
from newsletter.rendering.values import Frame


@dataclass(frozen=True, slots=True)
class Merged:
    """The three parts of a mail before MJML: what ``templates/email/<name>/`` gives with its values."""

    subject: str
    mjml: str
    text: str


def templates_folder() -> Path:
    """Return ``templates/email``: inside the installed package, or beside it in a checkout."""
    package = Path(str(files("newsletter")))
    packaged = package / "_templates" / "email"
    return packaged if packaged.is_dir() else package.parent / "templates" / "email"


def merge(name: str, values: Mapping[str, object], *, folder: Path | None = None) -> Merged:
    """Fill the templates of one mail: ``subject.txt``, ``body.mjml`` and ``body.txt`` in ``folder/name``.

    Speaks the current language (``newsletter.language.using``). Raises ``TemplateError``, which names the
    file, the line and, where one was being set, the article.
    """
    folder = folder or templates_folder()
    subject, mjml, body = (
        fill(folder, f"{name}/{part}", values) for part in ("subject.txt", "body.mjml", "body.txt")
    )
    return Merged(" ".join(subject.split()), mjml, body)


@cache
def environment(folder: Path) -> SandboxedEnvironment:
    """Return the one environment for a folder of templates."""
    made = SandboxedEnvironment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=lambda name: not (name or "").endswith(".txt"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    # The i18n extension adds this method to the environment.
    made.install_gettext_callables(_, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters["whose"] = whose
    made.filters["wrapped"] = lambda words, **indents: "\n".join(text.wrap(words, **indents))
    made.filters["underlined"] = lambda words, mark="=": "\n".join(text.underlined(words, mark))
    made.filters["moment"] = _moment
    made.filters["date"] = _date
    made.globals["rule"] = text.rule
    return made


@jinja2.pass_context
def _moment(context: Context, iso: str) -> str:
    """Write a moment (ISO 8601 with an offset) for people, in the zone that the values name."""
    at = datetime.fromisoformat(iso).astimezone(ZoneInfo(str(context["zone"])))
    return format_datetime(at, "d MMMM y, HH:mm", locale=current())


def _date(iso: str) -> str:
    """Write a day (ISO 8601) for people."""
    return format_date(date.fromisoformat(iso), "d MMMM y", locale=current())


def trusted_faces(frame: Frame) -> Faces:
    """Return a frame's stacks of typefaces for templates: constants of ours, whose quotes stay quotes."""
    chosen = typefaces.faces(frame.typeface)
    return Faces(Markup(chosen.title), Markup(chosen.text))  # noqa: S704 - no word of anybody's is in them


def fill(folder: Path, name: str, values: Mapping[str, object]) -> str:
    """Fill one template file. Raises ``TemplateError`` as ``merge`` does."""
    try:
        return environment(folder).get_template(name).render(values)
    except jinja2.TemplateNotFound as error:
        raise TemplateError(
            "Mallen {file} finns inte i mappen {folder}. Lägg tillbaka den, eller rätta namnet.",
            file=error.name,
            folder=_name_of(folder),
        ) from error
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(
            "Mallen {file} har ett skrivfel på rad {line}: {reason}. Rätta raden och försök igen.",
            file=f"{_name_of(folder)}/{error.name}",
            line=error.lineno,
            reason=error.message,
        ) from error
    except Exception as error:
        raise _explained(error, folder) from error


def _name_of(folder: Path) -> str:
    return "/".join(folder.parts[-2:])


def _explained(error: Exception, folder: Path) -> Exception:
    """Say which line of which template failed, and at which article; other errors are none of ours."""
    frames = list(traceback.walk_tb(error.__traceback__))
    ours = [(frame, line) for frame, line in frames if _is_within(frame.f_code.co_filename, folder)]
    if not ours or not (isinstance(error, jinja2.TemplateError) or frames[-1] == ours[-1]):
        return error
    frame, line = ours[-1]
    facts = {
        "file": f"{_name_of(folder)}/{Path(frame.f_code.co_filename).relative_to(folder).as_posix()}",
        "line": line,
        "reason": str(error) or type(error).__name__,
    }
    articles = [v for f, _line in reversed(ours) for v in f.f_locals.values() if isinstance(v, SetArticle)]
    if articles:
        return TemplateError(
            "Mallen {file} gick inte att fylla i på rad {line}, vid artikeln ”{article}”: {reason}. "
            "Rätta raden och försök igen.",
            article=articles[0].title,
            **facts,
        )
    return TemplateError(
        "Mallen {file} gick inte att fylla i på rad {line}: {reason}. Rätta raden och försök igen.", **facts
    )


def _is_within(filename: str, folder: Path) -> bool:
    return Path(filename).is_relative_to(folder)
