"""Everything in one place: the pages, and all that must run for mail to go out.

    running(app)   pages, in a thread | working: sink, scheduler, sender process
    serve(app)     the same until Ctrl-C or SIGTERM, and then everything ends in good order

No request is logged: the address of a member's page is a key.
"""

import contextvars
import errno
import gc
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import uvicorn

import scheduler
from newsletter import doors, watching
from newsletter.app import App
from newsletter.errors import PlaceTaken, SendingRefused
from newsletter.language import sentence
from newsletter.stopping import told_by_signals
from newsletter.web.site import make_site
from newsletter.working import Keeper, working

#: How long pages that are being answered may take to end, in seconds.
_GRACE_SECONDS = 5
_LOOK_EVERY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where things are: ``web`` begins every page's address; ``sink`` is our sink's host:port, or None."""

    web: str
    sink: str | None

    @property
    def mailbox(self) -> str:
        """The page with the practice mails."""
        return f"{self.web}/sink"


@contextmanager
def running(
    app: App, *, tell: Callable[[str], None] = print, pages_alone: bool = False
) -> Iterator[Addresses]:
    """Run pages, scheduler, sender and (where mail stays here) sink, on the ports of the settings.

    They answer when the block begins, and have ended when it is left. ``tell`` gets sentences about what
    happens meanwhile. Raises ``PlaceTaken`` when a port is another program's, ``SendingRefused`` when the
    settings do not allow sending; nothing is left running then. With ``pages_alone`` the latter is told
    instead, and the pages run without the rest, but for mail that comes in: a member's way out must not wait
    for a postal address.
    """
    settings = app.settings
    with pages(app) as web, ExitStack() as mail:
        mail.enter_context(watching.answering(app))
        mail.enter_context(doors.standing_open(app, tell=tell))
        try:
            keeper = mail.enter_context(working(app, tell=tell))
        except SendingRefused as error:
            if not pages_alone:
                raise
            tell(sentence(error))
            clock = scheduler.start(app, tell, only_reading=True)
            mail.callback(clock.stop)
        else:
            mail.enter_context(_looked_after(keeper, tell))
        sink = f"{settings.relay[0]}:{settings.relay[1]}" if settings.uses_own_sink else None
        yield Addresses(web, sink)


def serve(app: App, *, ready: Callable[[Addresses], None], tell: Callable[[str], None] = print) -> None:
    """Run everything until SIGINT or SIGTERM; ``ready`` learns where it is. Only in the main thread.

    Where the settings do not allow sending, it says so and runs the pages alone. Raises ``PlaceTaken`` as
    ``running`` does.
    """
    with told_by_signals() as stop, running(app, tell=tell, pages_alone=True) as addresses:
        settle()
        ready(addresses)
        stop.wait()


def settle() -> None:
    """Tell the collector of garbage that what is there now stays: modules, mappers, routes.

    A page that makes as many objects as the register has people would have all of these looked through again
    and again: the difference of a register of 10,000 took twice as long.
    """
    gc.collect()
    gc.freeze()


@contextmanager
def pages(app: App) -> Iterator[str]:
    """Answer requests in a thread, and give the address that all pages begin with."""
    listening = _listen(app.settings.web_host, app.settings.web_port)
    server = uvicorn.Server(
        uvicorn.Config(
            make_site(app),
            log_config=None,
            access_log=False,  # tokens stand in addresses
            proxy_headers=False,  # who asks is who is connected: see web.guard
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )
    thread = threading.Thread(target=server.run, args=([listening],), name="pages", daemon=True)
    thread.start()
    try:
        _wait_until_started(server, thread)
        yield _address(listening)
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@contextmanager
def _looked_after(keeper: Keeper, tell: Callable[[str], None]) -> Iterator[None]:
    """Let a thread start another sender when one dies, for the length of the block."""
    over = threading.Event()

    def look() -> None:
        try:
            while not over.wait(_LOOK_EVERY_SECONDS):
                keeper.check()
        except SendingRefused as error:  # said once: pages go on, and nothing is sent until it is mended
            tell(sentence(error))

    speaks_as_we_do = contextvars.copy_context()
    thread = threading.Thread(target=speaks_as_we_do.run, args=(look,), name="keeper", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise _not_to_be_had(host, port, error) from error


def _not_to_be_had(host: str, port: int, error: OSError) -> PlaceTaken:
    if error.errno == errno.EADDRINUSE:
        return PlaceTaken(
            "Porten {port} används av ett annat program. "
            "Stäng det, eller välj en annan port för sidorna med WEB_PORT.",
            port=port,
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return PlaceTaken(
            "Porten {port} får inte öppnas av ett vanligt program. Välj en över 1023 med WEB_PORT.", port=port
        )
    return PlaceTaken(
        "Sidorna kan inte visas på adressen {host} ({reason}). Ändra WEB_HOST, oftast till 127.0.0.1.",
        host=host,
        reason=error.strerror or error,
    )


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the pages ended before they began")
        time.sleep(0.01)


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
