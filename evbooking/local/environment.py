"""The environment of every process the launcher starts: the caller's, completed for a local demo."""

import os
import secrets
from collections.abc import Mapping

from evbooking.local.places import CHECKOUT, Places
from evbooking.local.ports import Ports


def demo_environment(places: Places, ports: Ports, urls: Mapping[str, str]) -> dict[str, str]:
    """Variables of web, live, worker, beat and manage.py under `make run`; what the caller set stays."""
    defaults = {
        "EVB_DEMO": "1",
        "SECRET_KEY": kept_secret(places, "secret_key"),
        "PUBLIC_URL": ports.url,
        "LIVE_URL": f"http://127.0.0.1:{ports.live}",
        "PROMETHEUS_MULTIPROC_DIR": str(places.run / "prometheus"),
    }
    fixed = {"PORT": str(ports.web), "LIVE_PORT": str(ports.live)}
    return {**defaults, **inherited(), **fixed, **urls}


def test_environment(urls: Mapping[str, str]) -> dict[str, str]:
    """Variables of a command under `exec`: production's settings with a key of its own."""
    return {"SECRET_KEY": secrets.token_urlsafe(50), **inherited(), **urls}


def inherited() -> dict[str, str]:
    """What the caller set, and where our packages are.

    The settings module is left to whoever starts Django: importing evbooking has named it in our own
    environment, and pytest would take that for the caller's wish.
    """
    ours = {"DJANGO_SETTINGS_MODULE"}
    set_by_caller = {name: value for name, value in os.environ.items() if value and name not in ours}
    return {**set_by_caller, "PYTHONPATH": str(CHECKOUT)}


def kept_secret(places: Places, name: str, *, prefix: str = "") -> str:
    """A secret of this installation in var/NAME, kept so that a restart signs nobody out."""
    path = places.var / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"{prefix}{secrets.token_urlsafe(50)}")
    return path.read_text()
