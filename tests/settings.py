"""Settings of the test suite: the demo's, with what tests would otherwise wait for or share taken out."""

import os
import re
from typing import Any

os.environ.setdefault("EVB_DEMO", "1")
if "PYTEST_CURRENT_TEST" not in os.environ:  # a process that a test starts is told which one to use
    _server, _, _database = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0").rpartition("/")
    _worker = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)
    os.environ["REDIS_URL"] = (
        f"{_server}/{int(_database or 0) + _worker}"  # tests empty it: one for each xdist worker
    )

from evbooking.settings import *  # noqa: F403
from evbooking.settings import PASSWORD_HASHERS, STORAGES

# Argon2 takes its time by design; accounts/tests check that it is the one in use.
PRODUCTION_PASSWORD_HASHERS = PASSWORD_HASHERS
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Nothing has been collected, so files have no hashes in their names.
_plain: dict[str, Any] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STORAGES = {**STORAGES, "staticfiles": _plain}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EVB_CHECK_EVENTS = True
