"""Logs: a line an event on standard error, as JSON or as text; at info and above nobody's address or name.

    begin   the loggers of the standard library -> structlog's ProcessorFormatter

Modules keep the loggers of the standard library: ``_log.info("released", extra={"issue": 3})``. An event is
said in fixed words, and its numbers stand beside them. What an error says is left out, for a database's
errors quote the rows they are about: its kind is told, and where in our code it happened. With level debug
the whole of it is shown. Other people's libraries speak from warning on, and only their fixed words are
shown. What people who run commands are told in sentences is told as ever, beside this.
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

FORMATS = ("text", "json")
LEVELS = ("debug", "info", "warning", "error")

#: Loggers of ours, and of the process that a module of ours is when it is started by ``python -m``.
_OURS = ("newsletter", "subscribers", "scheduler", "__main__")

_ADDRESS = re.compile(r"[^\s<>\"'(),;:=@]+@[^\s<>\"'(),;:@]+")

_Event = MutableMapping[str, Any]


def begin(form: str, level: str) -> None:
    """Write what is logged from here on in this form (``FORMATS``) and from this level on (``LEVELS``)."""
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, _Handler)]:
        root.removeHandler(handler)
    root.addHandler(_Handler(form, whole=level == "debug"))
    # The root's own level is warning, and whatever a test makes of it.
    ours = logging.NOTSET if level == "warning" else getattr(logging, level.upper())
    for name in _OURS:
        logging.getLogger(name).setLevel(ours)


class _Handler(logging.StreamHandler[TextIO]):
    """Writes to what is standard error at the moment; the renderer is loaded with the first line.

    A sender with nothing to say stays as small as it was: structlog takes 6 MB and 0.1 s.
    """

    def __init__(self, form: str, *, whole: bool) -> None:
        logging.Handler.__init__(self)
        self._form = form
        self._whole = whole

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr

    def format(self, record: logging.LogRecord) -> str:
        if self.formatter is None:
            self.formatter = _renderer(self._form, whole=self._whole)
        if not _is_ours(record):
            record = logging.makeLogRecord({**record.__dict__, "msg": str(record.msg), "args": ()})
        return self.formatter.format(record)


def _renderer(form: str, *, whole: bool) -> logging.Formatter:
    from structlog.processors import JSONRenderer, LogfmtRenderer
    from structlog.stdlib import ExtraAdder, ProcessorFormatter

    def discreet(_logger: Any, _name: str, event: _Event) -> _Event:
        return _discreet(event, whole=whole)

    last: Any = (
        JSONRenderer(ensure_ascii=False, default=str)
        if form == "json"
        else LogfmtRenderer(key_order=["at", "level", "logger", "event"])
    )
    return ProcessorFormatter(
        foreign_pre_chain=[_head, ExtraAdder()],
        processors=[discreet, ProcessorFormatter.remove_processors_meta, last],
    )


def _head(_logger: Any, _name: str, event: _Event) -> _Event:
    record: logging.LogRecord = event["_record"]
    at = datetime.fromtimestamp(record.created, UTC)
    event["at"] = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    event["level"] = record.levelname.lower()
    event["logger"] = record.name
    event["process"] = record.process
    return event


def _discreet(event: _Event, *, whole: bool) -> _Event:
    """Leave out what may name people, at info and above."""
    event.pop("message", None)  # what another handler has left on the record
    failure = event.pop("exc_info", None)
    if isinstance(failure, tuple) and failure[0] is not None:
        event["error"] = failure[0].__name__
        event["where"] = _where(failure[2])
        if whole:
            event["traceback"] = "".join(traceback.format_exception(*failure))
    if event["_record"].levelno < logging.INFO:
        return event
    for name, value in event.items():
        if isinstance(value, str) and name != "traceback":
            event[name] = _ADDRESS.sub("…@…", value)
    return event


def _where(trace: TracebackType | None) -> str:
    """Return the innermost line of ours that an error came through, as ``newsletter/jobs.py:120``."""
    found = ""
    for frame in traceback.extract_tb(trace):
        for package in ("newsletter", "subscribers"):
            _, inside, rest = frame.filename.replace("\\", "/").rpartition(f"/{package}/")
            if inside:
                found = f"{package}/{rest}:{frame.lineno}"
    return found


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in _OURS
