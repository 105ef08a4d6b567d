"""The composition root: settings in, a working application out. The only place that asks the clock."""

import errno
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from newsletter import database, erased
from newsletter.core.pace import Pace
from newsletter.errors import PlaceTaken, SettingsError
from newsletter.mail import folder as sink_folder
from newsletter.mail import spool
from newsletter.services import erasure, organisation, zones
from newsletter.settings import Settings
from subscribers.core.authority import Everything
from subscribers.core.tokens import Keyring
from subscribers.services import erasures, regions

if TYPE_CHECKING:
    from newsletter.core.logos import Logo
    from newsletter.rendering.values import Frame


#: In a data directory, this file says that everything there is made up.
DEMO_MARKER = "demo.txt"


@dataclass(frozen=True, slots=True)
class Paths:
    """Where an association's data lies, all below ``--dir``."""

    root: Path

    @property
    def sink(self) -> Path:
        """Mails that the local sink received, one ``.eml`` each."""
        return self.root / "sink"

    @property
    def inbound(self) -> Path:
        """Mail that came in and is not taken in yet."""
        return self.root / spool.NAME

    @property
    def media(self) -> Path:
        """Pictures and attachments of articles."""
        return self.root / "media"

    @property
    def journal(self) -> Path:
        """The senders' journals: what was on the wire."""
        return self.root / "journal"

    @property
    def bells(self) -> Path:
        """Where living senders are woken."""
        return self.root / "bells"

    @property
    def metrics(self) -> Path:
        """What senders have counted, a file for each."""
        return self.root / "metrics"

    @property
    def staged(self) -> Path:
        """Registers on their way in, for a day at most."""
        return self.root / "staged"

    @property
    def keys(self) -> Path:
        """Secrets, readable by their owner only."""
        return self.root / "keys"

    @property
    def dkim(self) -> Path:
        """Keys that sign mail, a folder for each domain that letters come from."""
        return self.keys / "dkim"


@dataclass(frozen=True, slots=True)
class App:
    """What every edge needs: settings, database, keys and the clock. Close it, or use it in ``with``.

    ``settings`` are those of the files; ``current()`` is what counts. ``sessions`` write; ``readers`` cannot,
    and are what pages answer GET and HEAD with; ``own_readers`` are for what every page asks.
    """

    settings: Settings
    paths: Paths
    engine: Engine
    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    keyring: Keyring
    own_readers: sessionmaker[Session]

    @property
    def is_demo(self) -> bool:
        """Whether everybody in the register is made up."""
        return (self.paths.root / DEMO_MARKER).exists()

    def now(self) -> datetime:
        """Return the moment, in UTC."""
        return moment()

    def everything(self, reason: str) -> Everything:
        """Return the scope over all people; ``reason`` says why the caller may."""
        return Everything(reason)

    def current(self) -> Settings:
        """Return the settings with what the association has set on its page over them, as of now."""
        with self.own_readers() as session:
            return replace(self.settings, **organisation.overrides(session))  # type: ignore[arg-type]

    def archive_is_open(self) -> bool:
        """Tell whether public pages lead to the archive; not where the lists cannot be read.

        A page that says what went wrong asks this, too.
        """
        # Here, since it knows of dates in words, which a process that only sends does not need.
        from newsletter.services import archive

        try:
            with self.own_readers() as session:
                return archive.is_open(session)
        except SQLAlchemyError:
            return False

    def logo(self) -> "Logo | None":
        """Return the association's logo, as it is set now; None where it has none."""
        with self.own_readers() as session:
            return organisation.logo(session)

    def pace(self) -> Pace:
        """Return how slowly a send begins, as the association has set it."""
        settings = self.current()
        return Pace(
            grace=timedelta(minutes=settings.send_grace_minutes),
            head_start=timedelta(minutes=settings.send_head_start_minutes),
        )

    def frame(self) -> "Frame":
        """Return what the association says of itself in every mail, for rendering."""
        # Here, so that a process that only sends never loads rendering.
        from newsletter.rendering.kept_pictures import Contents, Sizes
        from newsletter.rendering.values import Frame

        settings, logo = self.current(), self.logo()
        return Frame(
            association=settings.association_name,
            contact=settings.contact_address,
            base_url=settings.base_url,
            postal_address=settings.postal_address,
            accent=settings.accent_color,
            from_address=settings.from_address,
            zone=settings.time_zone,
            typeface=settings.typeface,
            footer=settings.footer_text,
            picture_sizes=Sizes(self.paths.media),
            embedded=Contents(self.paths.media) if settings.pictures == "embedded" else None,
            logo=logo,
        )

    def close(self) -> None:
        """Give back the database connections."""
        self.engine.dispose()
        self.own_readers.kw["bind"].dispose()

    def __enter__(self) -> "App":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def moment() -> datetime:
    """Return the moment, in UTC, for what must work where no application can be opened."""
    return datetime.now(UTC)  # noqa: TID251 - the one place


def build(settings: Settings, *, migrate: bool = True) -> App:
    """Make the data directory, bring the database up to date, and put the parts together.

    ``migrate=False`` is for child processes of one that has just migrated.
    Raises ``PlaceTaken`` when the data directory cannot be written to, ``SettingsError`` for a damaged key.
    """
    try:
        paths = _make_directories(settings.directory)
        keyring = _load_keyring(paths.keys / "tokens.key")
        erasure_key = _load_keyring(paths.keys / "erasures.key").secrets[0]
    except OSError as error:
        raise PlaceTaken(
            "Datamappen {path} går inte att skriva i ({reason}). Välj en annan med --dir.",
            path=settings.directory,
            reason=error.strerror,
        ) from error
    engine = database.make_engine(settings.effective_database_url)
    sessions, readers = database.make_sessions(engine), database.make_readers(engine)
    for factory in (sessions, readers):
        factory.configure(info={erasures.KEY: erasure_key, zones.KEY: settings.time_zone})
    try:
        if migrate:
            database.upgrade(engine)
            with sessions.begin() as session:
                regions.load_facts(session)
                _honour_erasures(session, paths)
    except BaseException:
        engine.dispose()
        raise
    # Connections apart: who waits for one here holds none that another needs, so nobody waits for long.
    own_readers = database.make_readers(database.make_engine(settings.effective_database_url))
    return App(settings, paths, engine, sessions, readers, keyring, own_readers)


def _honour_erasures(session: Session, paths: Paths) -> None:
    """Erase again whoever is back because the database was restored from an older copy."""
    missing = erasures.missing_hashes(session, hashes=erased.hashes(paths.root))
    if not missing:
        return
    now = moment()
    everyone = Everything("the file beside the database says who was erased")
    for subscriber_id in erasures.people_with(session, scope=everyone, hashes=missing):
        forgotten = erasure.erase(
            session, scope=everyone, subscriber_id=subscriber_id, actor="restored copy", now=now
        )
        sink_folder.forget(paths.sink, forgotten.addresses)
        spool.forget(paths.inbound, forgotten.addresses)
        erased.note(paths.root, forgotten.hashes, now=now)
    erasures.remember_hashes(session, hashes=missing, now=now)


def _make_directories(root: Path) -> Paths:
    paths = Paths(root)
    places = (paths.sink, paths.inbound, paths.media, paths.journal, paths.bells, paths.metrics, paths.keys)
    for folder in (root, *places, paths.staged):
        # Personal data lies here: other users of the machine have no business in it.
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return paths


def _load_keyring(path: Path) -> Keyring:
    """Read the secret, or make it once. Two processes that start together agree on the first one's."""
    if not path.exists():
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
        with suppress(FileExistsError):
            os.link(fresh, path)  # fails if another process was first, and then its key is the one
        fresh.unlink()
    try:
        return Keyring(tuple(bytes.fromhex(line) for line in path.read_text(encoding="ascii").split()))
    except ValueError as error:
        raise SettingsError(
            "Nyckelfilen {path} är skadad. Hämta den ur en säkerhetskopia: med en ny nyckel slutar länkarna "
            "i redan skickade brev att fungera.",
            path=path,
        ) from error
