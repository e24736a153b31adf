"""Health of one container: ``healthcheck.py http URL``, or ``healthcheck.py fresh PATTERN SECONDS``.

Exit code 0 when healthy. `http` wants a 2xx answer and asks as the first of ALLOWED_HOSTS, as the proxy would.
`fresh` wants a file that matches PATTERN and was written in the last SECONDS: beat saves its schedule while it lives.
"""

import glob
import os
import sys
import time
import urllib.request


def answers(url: str) -> bool:
    """Whether `url` answers 2xx within 4 seconds."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    request = urllib.request.Request(url, headers={"Host": host})
    with urllib.request.urlopen(request, timeout=4) as answer:
        return 200 <= answer.status < 300


def is_fresh(pattern: str, seconds: float) -> bool:
    """Whether a file that matches `pattern` changed within the last `seconds`."""
    changes = [os.path.getmtime(path) for path in glob.glob(pattern)]
    return bool(changes) and time.time() - max(changes) < seconds


if __name__ == "__main__":
    kind, *arguments = sys.argv[1:]
    healthy = answers(arguments[0]) if kind == "http" else is_fresh(arguments[0], float(arguments[1]))
    sys.exit(0 if healthy else 1)
