"""What the relay process does, found without anything that another process or a test has loaded before."""

import subprocess
import sys


def test_the_relay_process_has_every_pump() -> None:
    code = "import django; django.setup(); from evbooking.core.pumps import pumps; print(*sorted(pumps()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    channels = {f"messages.{channel}" for channel in ("email", "sms", "push")}
    assert set(done.stdout.split()) == {
        *channels,
        *(f"{channel}.bulk" for channel in channels),
        "announcements",
        "outbox",
        "stripe-events",
        "waitlist",
        "watches",
        "webhooks",
    }
