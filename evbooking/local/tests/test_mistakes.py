"""What a person may get wrong is one line that says what to do, and nothing is started."""

import socket

import pytest

from evbooking.local.tests.conftest import Launcher

NOBODY_LISTENS = "127.0.0.1:1"


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"PORT": "eight"}, "PORT=eight is no port: set a number from 1 to 65535"),
        ({"PORT": "70000"}, "PORT=70000 is no port: set a number from 1 to 65535"),
        (
            {"PORT": "8139", "LIVE_PORT": "8139"},
            "PORT and LIVE_PORT are both 8139: set LIVE_PORT to another one",
        ),
    ],
)
def test_wrong_ports_are_refused(launcher: Launcher, variables: dict[str, str], line: str) -> None:
    ended = launcher.run("run", **variables)

    assert (ended.code, ended.out, ended.error) == (1, "", f"error: {line}\n")
    assert not launcher.var.exists()


@pytest.mark.parametrize("options", [(), (socket.SO_REUSEPORT,)])
def test_a_taken_port_is_refused_even_where_it_could_be_shared(
    launcher: Launcher, options: tuple[int, ...]
) -> None:
    with socket.socket() as listener:
        for option in options:
            listener.setsockopt(socket.SOL_SOCKET, option, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]

        ended = launcher.run("run", PORT=str(port), LIVE_PORT="1024" if port != 1024 else "1025")

    assert ended.code == 1
    assert ended.out == ""
    assert ended.error.startswith(f"error: port {port} is taken: stop what listens there, or choose another:")
    assert len(ended.error.splitlines()) == 1


def test_a_demo_does_not_start_beside_a_live_key(launcher: Launcher) -> None:
    for key in ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY"):
        ended = launcher.run("run", EVB_DEMO="1", **{key: "sk_live_hunter2"})

        assert ended.code == 1
        assert ended.error.startswith(f"error: {key} holds a live Stripe key, and this is a demo")
        assert len(ended.error.splitlines()) == 1
        assert "hunter2" not in ended.error
        assert not launcher.var.exists()


@pytest.mark.parametrize(
    ("url", "beginning"),
    [
        ("mysql://root@localhost/evbooking", "DATABASE_URL must begin with postgres://"),
        (f"postgres://someone@{NOBODY_LISTENS}/evbooking", "DATABASE_URL does not work, correct it or start"),
        ("postgres://[broken", "DATABASE_URL does not work, correct it or start"),
    ],
)
def test_a_wrong_database_url_is_one_line_without_its_password(
    launcher: Launcher, url: str, beginning: str
) -> None:
    ended = launcher.run("services", DATABASE_URL=url.replace("someone@", "someone:hunter2@"))

    assert ended.code == 1
    assert ended.error.startswith(f"error: {beginning}")
    assert len(ended.error.splitlines()) == 1
    assert "hunter2" not in ended.error
    assert not (launcher.var / "redis" / "redis.conf").exists()


@pytest.mark.parametrize("url", [f"redis://{NOBODY_LISTENS}/0", "http://127.0.0.1/0"])
def test_a_wrong_redis_url_is_one_line(launcher: Launcher, url: str) -> None:
    ended = launcher.run("services", REDIS_URL=url)

    assert ended.code == 1
    assert ended.error.startswith("error: REDIS_URL does not work, correct it or start its server: ")
    assert len(ended.error.splitlines()) == 1
    assert not (launcher.var / "postgres").exists()
