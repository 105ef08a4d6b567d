"""Metrics for Prometheus, from the process that keeps the others alive.

    answering   METRICS_HOST:METRICS_PORT, for the length of the block: GET /metrics
    Ledger      how letters stand, asked of the database when somebody looks, and kept for some seconds
    Senders     what senders have counted (``newsletter.metering``)

A port of its own: the pages' port is open to the world, and this one is not. No series names a person, and of
domains only the large ones. While the database is silent, what senders count is told all the same.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from newsletter import metering
from newsletter.app import App
from newsletter.core.meters import BOUNDS, OUTCOMES, Line
from newsletter.errors import PlaceTaken
from newsletter.metering import Gathered
from newsletter.services import gauges
from newsletter.services.gauges import Gauges

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

#: What was counted holds so long, in seconds; and longer where counting took long, so that it never takes
#: more than a twentieth of the time.
FRESH_SECONDS = 5.0
_PATIENCE = 20

_COSTS = {
    "batches": "Batches that senders have claimed.",
    "claimed": "Letters that senders have claimed.",
    "retries": "Letters that senders have claimed for another try.",
    "claim_us": "Seconds that claiming took.",
    "settle_us": "Seconds that settling took.",
    "journal_us": "Seconds that the journal took.",
}

_log = logging.getLogger(__name__)


@contextmanager
def answering(app: App) -> Iterator[int | None]:
    """Answer on the port of the settings; gives the port, or None where none is set.

    Raises ``PlaceTaken`` when the port is another program's.
    """
    host, port = app.settings.metrics_host, app.settings.metrics_port
    if not port:
        yield None
        return
    # Only here: most associations never look, and need not hold its library in memory.
    from prometheus_client import start_http_server

    try:
        server, thread = start_http_server(port, host, registry(app))
    except OSError as error:
        raise PlaceTaken(
            "Mätvärdena kan inte visas på {host}:{port} ({reason}). Ändra METRICS_HOST eller METRICS_PORT.",
            host=host,
            port=port,
            reason=error.strerror or error,
        ) from error
    try:
        yield port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def registry(app: App) -> "CollectorRegistry":
    """Return everything that is measured: ledger, senders, and the process that answers."""
    from prometheus_client import CollectorRegistry, ProcessCollector

    everything = CollectorRegistry(auto_describe=False)
    everything.register(Ledger(app))
    everything.register(Senders(app))
    ProcessCollector(namespace="rundbrev", registry=everything)
    return everything


@dataclass(frozen=True, slots=True)
class _Looked:
    """What the ledger said (None: nothing), how long it took, and until when it counts."""

    gauges: Gauges | None
    seconds: float
    until: float


class Ledger:
    """How letters stand. Many who ask at once make one query."""

    def __init__(self, app: App, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._one_at_a_time = threading.Lock()
        self._looked = _Looked(None, 0.0, 0.0)

    def collect(self) -> "Iterable[Metric]":
        """Return the series (called by the registry)."""
        from prometheus_client.core import GaugeMetricFamily as Gauge

        looked = self._look()
        yield Gauge("rundbrev_ledger_up", "Whether the database answers.", int(looked.gauges is not None))
        yield Gauge("rundbrev_ledger_look_seconds", "How long counting it took.", looked.seconds)
        if looked.gauges is None:
            return
        told = looked.gauges
        states = Gauge("rundbrev_deliveries", "Letters of issues released within 30 days.", labels=["state"])
        for state, number in sorted(told.states.items(), key=lambda each: each[0].value):
            states.add_metric([state.value], number)
        yield states
        yield Gauge("rundbrev_deliveries_unknown", "Letters that nobody knows of.", told.unknown)
        overdue = told.overdue.total_seconds()
        yield Gauge("rundbrev_delivery_overdue_seconds", "How long the first due letter has waited.", overdue)
        late = told.late.total_seconds()
        yield Gauge("rundbrev_issue_late_seconds", "How long the first due issue has waited.", late)

    def _look(self) -> _Looked:
        with self._one_at_a_time:
            begun = self._clock()
            if begun >= self._looked.until:
                found: Gauges | None = None
                try:
                    with self._app.own_readers() as session:
                        found = gauges.gauges(session, now=self._app.now())
                except SQLAlchemyError:
                    _log.debug("the ledger does not answer", exc_info=True)
                took = self._clock() - begun
                self._looked = _Looked(found, took, begun + max(FRESH_SECONDS, took * _PATIENCE))
            return self._looked


class Senders:
    """What senders have counted, living and dead."""

    def __init__(self, app: App) -> None:
        self._folder = app.paths.metrics

    def collect(self) -> "Iterable[Metric]":
        """Return the series (called by the registry)."""
        with suppress(OSError):
            found = metering.gathered(self._folder)
            yield from _letters(found)
            yield from _state_of_senders(found)
            yield from _costs(found)


def _letters(found: Gathered) -> "Iterator[Metric]":
    from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

    labels = ["relay", "domain"]
    letters = CounterMetricFamily(
        "rundbrev_letters", "What became of letters that senders tried.", labels=[*labels, "outcome"]
    )
    times = HistogramMetricFamily("rundbrev_answer_seconds", "How long mail servers took.", labels=labels)
    for key, line in sorted(found.totals.lines.items()):
        _add(letters, times, key, line)
    yield letters
    yield times


def _add(
    letters: "CounterMetricFamily", times: "HistogramMetricFamily", key: tuple[str, str], line: Line
) -> None:
    for word in OUTCOMES:
        letters.add_metric([*key, word], line.outcomes.get(word, 0))
    classes = [*(str(bound) for bound in BOUNDS), "+Inf"]
    reached = accumulate(line.times)
    times.add_metric(
        list(key), [(name, float(count)) for name, count in zip(classes, reached, strict=True)], line.seconds
    )


def _state_of_senders(found: Gathered) -> "Iterator[Metric]":
    from prometheus_client.core import GaugeMetricFamily as Gauge

    yield Gauge("rundbrev_senders", "Sender processes that live on this machine.", found.living)
    if found.last_written is not None:
        what = "When a sender last wrote its counts."
        yield Gauge("rundbrev_sender_last_seen_timestamp_seconds", what, found.last_written)
    for name, what, numbers in (
        ("rundbrev_connections", "Connections to mail servers that are open.", found.totals.connections),
        ("rundbrev_letters_on_the_wire", "Letters begun and not answered.", found.totals.on_the_wire),
    ):
        gauge = Gauge(name, what, labels=["relay"])
        for relay, number in sorted(numbers.items()):
            gauge.add_metric([relay], number)
        yield gauge


def _costs(found: Gathered) -> "Iterator[Metric]":
    from prometheus_client.core import CounterMetricFamily

    for cost, what in _COSTS.items():
        number = found.totals.costs[cost]
        if cost.endswith("_us"):
            yield CounterMetricFamily(f"rundbrev_{cost.removesuffix('_us')}_seconds", what, number / 1e6)
        else:
            yield CounterMetricFamily(f"rundbrev_{cost}", what, number)
