"""Health of a container as exit code: ``healthcheck.py http PORT PATH`` or ``… fresh GLOB SECONDS``.

`http` wants a 2xx answer and asks for the first of ALLOWED_HOSTS, as the proxy does. `fresh` wants a file
of /tmp that matches GLOB and was written in the last SECONDS: beat saves its schedule while it lives.
"""

import os
import sys
import time
from http.client import HTTPConnection
from pathlib import Path


def answers(port: int, path: str) -> bool:
    """Whether 127.0.0.1:`port` answers `path` with 2xx within 4 seconds."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    connection = HTTPConnection("127.0.0.1", port, timeout=4)
    connection.request("GET", path, headers={"Host": host})
    return 200 <= connection.getresponse().status < 300


def is_fresh(pattern: str, seconds: float) -> bool:
    """Whether a file of /tmp that matches `pattern` changed within the last `seconds`."""
    changes = [path.stat().st_mtime for path in Path("/tmp").glob(pattern)]  # noqa: S108 - a container's own
    return bool(changes) and time.time() - max(changes) < seconds


if __name__ == "__main__":
    kind, what, more = sys.argv[1:]
    healthy = answers(int(what), more) if kind == "http" else is_fresh(what, float(more))
    sys.exit(0 if healthy else 1)
