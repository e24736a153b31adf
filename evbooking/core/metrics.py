"""Metrics for Prometheus, correct over several processes on a machine (PROMETHEUS_MULTIPROC_DIR).

Counters and histograms live in the processes; what the database knows is counted at scrape time by collectors
that apps register.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

logger = logging.getLogger(__name__)

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

HTTP_SECONDS = Histogram(
    "evb_http_request_seconds", "HTTP requests by route", ["method", "route", "status"], buckets=BUCKETS
)
TASK_SECONDS = Histogram(
    "evb_task_seconds", "Celery tasks by name and outcome", ["task", "state"], buckets=BUCKETS
)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

Collect = Callable[[], Iterable[Metric]]
_collectors: list[Collect] = []


def register_collector(collect: Collect) -> Collect:
    """Have `collect()` called at every scrape for gauges that the database knows; use it as a decorator."""
    _collectors.append(collect)
    return collect


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request; methods outside HTTP's are counted together."""
    HTTP_SECONDS.labels(method if method in METHODS else "other", route, str(status)).observe(seconds)


def scrape() -> bytes:
    """All metrics of all processes of this machine, and the registered collectors', in text format 0.0.4."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        processes = CollectorRegistry()
        MultiProcessCollector(processes)  # type: ignore[no-untyped-call]
    else:
        processes = REGISTRY
    registered = CollectorRegistry()
    registered.register(_Registered())
    return generate_latest(processes) + generate_latest(registered)


class _Registered(Collector):
    """What the apps registered; one that fails is logged and left out, so that the others are still seen."""

    def collect(self) -> Iterator[Metric]:
        for collect in _collectors:
            try:
                yield from list(collect())
            except Exception:
                logger.exception("The collector %s failed", collect.__qualname__)
