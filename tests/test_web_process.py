"""What a web process has in memory: what each request needs, and nothing that only a few need or other processes."""

import subprocess
import sys
from typing import Final

import pytest

TRAINING: Final = ("torch", "stable_baselines3", "scipy", "gymnasium", "onnx")
SENDING: Final = ("notifications.pumps", "httpcore", "twilio.rest", "pywebpush")
RARELY_MADE: Final = ("reportlab", "icalendar", "PIL")
CHECKING: Final = ("jsonschema", "numpy.random")


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    """The modules of a web process that is ready for its first request."""
    code = "import evbooking.wsgi, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return frozenset(done.stdout.split())


def test_the_process_is_ready_to_answer(loaded: frozenset[str]) -> None:
    assert {"bookings.api.urls", "scheduler_rl.rankers", "payments.gateway"} <= loaded


@pytest.mark.parametrize("name", [*TRAINING, *SENDING, *RARELY_MADE, *CHECKING])
def test_a_web_process_does_not_load(name: str, loaded: frozenset[str]) -> None:
    assert name not in loaded
