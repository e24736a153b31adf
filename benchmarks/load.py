"""Load: the same jobs by several clients at once, as fast as they can or at an offered rate."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection

Job = Callable[[], object]


@dataclass(slots=True)
class Load:
    """What came of it: `latencies` in seconds, sorted; `seconds` of the whole run; `failed` jobs."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    failed: int = 0

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """Latency in ms below which this share of the jobs lies."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))] * 1000


class Refused(Exception):
    """A job's answer was not the one expected."""


def closed(clients: Sequence[Sequence[Job]]) -> Load:
    """Each client does its jobs one after the other, all clients at once."""
    return _run([[(None, job) for job in jobs] for jobs in clients])


def offered(jobs: Sequence[Job], *, rate: float, clients: int) -> Load:
    """Job i begins at i/rate seconds; its latency counts from then, so that a queue shows."""
    timed = [(i / rate, job) for i, job in enumerate(jobs)]
    return _run([timed[first::clients] for first in range(clients)])


def _run(clients: Sequence[Sequence[tuple[float | None, Job]]]) -> Load:
    lock, gate = threading.Lock(), threading.Barrier(len(clients) + 1)
    load = Load(0.0)

    def work(jobs: Sequence[tuple[float | None, Job]]) -> None:
        gate.wait()
        latencies, failed = [], 0
        for due, job in jobs:
            if due is not None:
                time.sleep(max(0.0, began + due - time.perf_counter()))
            first = began + due if due is not None else time.perf_counter()
            try:
                job()
            except Refused:
                failed += 1
            latencies.append(time.perf_counter() - first)
        with lock:
            load.latencies.extend(latencies)
            load.failed += failed

    with ThreadPoolExecutor(len(clients)) as pool:
        futures = [pool.submit(work, jobs) for jobs in clients]
        began = time.perf_counter()
        gate.wait()
        for future in futures:
            future.result()
    load.seconds = time.perf_counter() - began
    load.latencies.sort()
    return load


class Client:
    """One keep-alive connection to the web server."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        expect: int,
    ) -> tuple[bytes, str]:
        """The answer's body and ETag; Refused when its status is another."""
        self._connection.request(method, path, body, headers or {})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != expect:
            raise Refused(f"{answer.status} {content[:300]!r}")
        return content, answer.getheader("ETag") or ""
