"""What browsers are told on every page, and what an installation outside the demo adds."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

from tests.security.html import Parsed, html_pages
from tests.world import World

PRODUCTION = {
    "EVB_DEMO": "0",
    "SECRET_KEY": "a-key-of-fifty-characters-or-more-for-a-test-of-production-0123456789",
    "ALLOWED_HOSTS": "book.example.org",
    "PUBLIC_URL": "https://book.example.org",
    "LIVE_URL": "https://book.example.org",
    "TRUSTED_PROXY_COUNT": "1",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
SHOW = """
import json, django
django.setup()
from django.test import Client
client = Client(headers={"host": "book.example.org"})
plain = client.get("/api/docs/")
answer = client.get("/accounts/login/", headers={"x-forwarded-proto": "https"})
cookies = {name: [bool(m["secure"]), bool(m["httponly"]), m["samesite"]] for name, m in answer.cookies.items()}
from django.conf import settings as s
print(json.dumps({"moved": [plain.status_code, plain.headers.get("Location")], "headers": dict(answer.headers),
    "cookies": cookies, "session": [s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE]}))
"""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command of ours with nothing of this process's environment but PATH."""
    variables = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "evbooking.settings", **environment}
    return subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


def policy_of(answer: Any) -> dict[str, list[str]]:
    """The directives of an answer's Content-Security-Policy."""
    directives = answer["Content-Security-Policy"].split(";")
    return {name: values for name, *values in (directive.split() for directive in directives)}


def test_every_page_has_a_strict_policy_and_its_companions(world: World) -> None:
    walked = 0
    for name, answer in html_pages(world):
        policy = policy_of(answer)
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & {v for vs in policy.values() for v in vs}, name
        assert policy["default-src"] == ["'none'"], name
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == ["'none'"], name
        assert policy["style-src"] == ["'self'"], name
        assert answer["X-Frame-Options"] == "DENY", name
        assert answer["X-Content-Type-Options"] == "nosniff", name
        assert answer["Referrer-Policy"] == "same-origin", name
        walked += 1
    assert walked > 100


def test_no_page_has_what_the_policy_would_block(world: World) -> None:
    for name, answer in html_pages(world):
        found = Parsed(answer.content.decode())
        assert "style" not in found.tags | found.attributes, name
        assert not {attribute for attribute in found.attributes if attribute.startswith("on")}, name


@pytest.fixture(scope="module")
def production() -> dict[str, Any]:
    done = run("-c", SHOW, **PRODUCTION, DJANGO_SETTINGS_MODULE="tests.settings")  # no hashed static files
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_outside_the_demo_only_https_is_spoken_for_a_year(production: dict[str, Any]) -> None:
    assert production["moved"] == [301, "https://book.example.org/api/docs/"]
    strict = production["headers"]["Strict-Transport-Security"]
    assert strict == "max-age=31536000; includeSubDomains; preload"


def test_outside_the_demo_cookies_travel_over_https_alone(production: dict[str, Any]) -> None:
    assert production["cookies"]["csrftoken"] == [True, False, "Lax"]
    assert production["session"] == [True, True, "Lax"]


def test_django_finds_nothing_to_say_about_a_deployment() -> None:
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n")


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"EVB_DEMO": "0"}, "Set SECRET_KEY"),
        (
            {
                "EVB_DEMO": "0",
                "SECRET_KEY": "demo-only-key-that-protects-nothing-because-demo-passwords-are-public",
            },
            "SECRET_KEY is the demo's",
        ),
    ],
)
def test_without_a_key_of_its_own_nothing_starts_outside_the_demo(
    environment: dict[str, str], told: str
) -> None:
    done = run("manage.py", "check", **environment)
    assert done.returncode != 0
    assert told in done.stderr
