"""``python -m evbooking.local.prepare VAR``: bring database and static files up to date, in one Django start.

Steps go to standard output, everything the commands say to the log that is standard error.
"""

import hashlib
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from evbooking.local.progress import step


def prepare(var: Path) -> None:
    """Migrate, collect static files that changed, and load the demo data where there are none."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with step("migrations"):
            call_command("migrate", interactive=False, stdout=sys.stderr)
    _collect_static(var / "static.fingerprint")
    if settings.EVB_DEMO:
        with step("demo data"):
            call_command("demo_data", size="small", if_empty=True, stdout=sys.stderr)


def _collect_static(stamp: Path) -> None:
    fingerprint = _fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint and Path(settings.STATIC_ROOT).exists():
        return
    with step("static files"):
        call_command("collectstatic", interactive=False, stdout=sys.stderr)
    stamp.write_text(fingerprint)


def _fingerprint() -> str:
    """Changes when a static file of any app is added, removed or edited."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            details = Path(storage.path(path)).stat()
            digest.update(f"{path} {details.st_size} {details.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    django.setup()
    prepare(Path(sys.argv[1]))
