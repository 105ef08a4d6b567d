"""What can go wrong with articles, issues and mail, each told in a sentence.

SentenceError (subscribers.errors)
└── NewsletterError
    ├── SettingsError      a setting that is missing or impossible
    ├── TextRefused        a file that cannot be read as articles
    ├── ArticleError       an article that cannot be used as asked
    │   └── ArticleChanged an article that somebody else has changed meanwhile
    ├── IssueError         an issue that cannot do what was asked, in its present state
    │   ├── IssueChanged   an issue that somebody else has changed meanwhile
    │   ├── NotApproved    an issue that a reviewer has not said yes to
    │   └── NotSound       an issue with a fault that must not go out
    ├── BlockError         a region's block that cannot do what was asked
    │   └── BlockChanged   a block that somebody else has changed meanwhile
    ├── TemplateError      a template or an article that cannot be rendered
    ├── HeaderRefused      a value that may not stand in a mail header
    ├── SendingRefused     real sending that is not set up yet
    ├── PlaceTaken         a port or folder that another program holds
    └── DatabaseRefused    a database that does not answer, or is none
"""

from subscribers.errors import SentenceError


class NewsletterError(SentenceError):
    """Base of all errors that ``newsletter`` raises on purpose."""


class SettingsError(NewsletterError):
    """A setting that is missing or impossible. The sentence names the variable or the question."""


class TextRefused(NewsletterError):
    """A file that cannot be read as articles; nothing was imported."""


class ArticleError(NewsletterError):
    """An article that cannot be used as asked."""


class ArticleChanged(ArticleError):
    """An article that somebody has changed since the one who saves it opened it; nothing was overwritten."""


class IssueError(NewsletterError):
    """An issue that cannot do what was asked of it in the state it is in."""


class IssueChanged(IssueError):
    """An issue that somebody has changed since the one who saves looked at it; nothing was saved."""


class BlockError(NewsletterError):
    """A region's block that cannot do what was asked, in the state it is in or on this day."""


class BlockChanged(BlockError):
    """A block that somebody has changed since the one who saves looked at it; nothing was overwritten."""


class NotSound(IssueError):
    """An issue that must not go out: it leaks, waits for words, has no way out, or is too large."""


class NotApproved(IssueError):
    """An issue that waits for its reviewer's yes; it can go on with a reason."""


class TemplateError(NewsletterError):
    """A template or an article that cannot be rendered. Names file, line and article."""


class HeaderRefused(NewsletterError):
    """A value with CR, LF or NUL in it, which may not stand in a mail header (RFC 5322 2.2)."""


class SendingRefused(NewsletterError):
    """Real sending that is not set up yet: until then everything stays on this machine."""


class PlaceTaken(NewsletterError):
    """A port or a folder that another program holds."""


class DatabaseRefused(NewsletterError):
    """A database that does not answer, is full or locked, or is no database."""


def database_refused(reason: BaseException | None) -> DatabaseRefused:
    """Put what a database's driver says into a sentence; only its first line, which names nobody."""
    said = (str(reason).strip().splitlines() or [""])[0]
    return DatabaseRefused(
        "Databasen går inte att använda ({reason}). "
        "Kontrollera att den är igång, att disken inte är full och vad DATABASE_URL säger.",
        reason=said,
    )
