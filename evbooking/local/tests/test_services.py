"""PostgreSQL and Redis of our own: reached, stopped, killed, found again."""

import os
import signal
from pathlib import Path

import psycopg
import pytest
import redis

from evbooking.local.processes import living_in, wait_until
from evbooking.local.tests.conftest import PATIENCE_SECONDS, Launcher


def answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def write_note(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE note (text text)")
        connection.execute("INSERT INTO note VALUES ('kept')")


def read_notes(url: str) -> list[tuple[str]]:
    with psycopg.connect(url) as connection:
        return [(text,) for (text,) in connection.execute("SELECT text FROM note")]


def test_both_servers_answer_and_sigterm_stops_them(launcher: Launcher) -> None:
    process, addresses = launcher.start_services()
    with redis.Redis.from_url(addresses["REDIS_URL"]) as client:
        assert client.ping() is True
    with psycopg.connect(addresses["DATABASE_URL"]) as connection:
        connection.execute("CREATE EXTENSION btree_gist")

    process.terminate()

    assert process.wait(timeout=PATIENCE_SECONDS) == 128 + signal.SIGTERM
    assert not answers(addresses["DATABASE_URL"])
    assert living_in(launcher.var / "postgres" / "data") == []
    assert living_in(launcher.var / "redis") == []


def test_servers_die_with_a_launcher_killed_by_kill_9_and_the_data_survive(launcher: Launcher) -> None:
    process, addresses = launcher.start_services()
    write_note(addresses["DATABASE_URL"])

    process.kill()
    process.wait(timeout=PATIENCE_SECONDS)

    assert wait_until(lambda: living_in(launcher.var / "postgres" / "data") == [], seconds=PATIENCE_SECONDS)
    assert wait_until(lambda: living_in(launcher.var / "redis") == [], seconds=PATIENCE_SECONDS)
    _, again = launcher.start_services()
    assert read_notes(again["DATABASE_URL"]) == [("kept",)]


def test_a_start_right_after_kill_9_does_not_wait_for_anyone(launcher: Launcher) -> None:
    process, _ = launcher.start_services()
    process.kill()

    _, again = launcher.start_services()

    assert answers(again["DATABASE_URL"])


def test_a_pid_file_that_names_a_living_stranger_stops_nothing(launcher: Launcher) -> None:
    first, addresses = launcher.start_services()
    first.terminate()
    first.wait(timeout=PATIENCE_SECONDS)
    data = launcher.var / "postgres" / "data"
    (data / "postmaster.pid").write_text(f"{os.getppid()}\n{data}\n1\n5432\n\n\n\n")

    _, again = launcher.start_services()

    assert answers(again["DATABASE_URL"])
    assert Path(f"/proc/{os.getppid()}").exists()
    assert again["DATABASE_URL"] == addresses["DATABASE_URL"]


def test_a_second_launcher_names_the_first_and_leaves_it_alone(launcher: Launcher) -> None:
    process, addresses = launcher.start_services()

    second = launcher.run("services")

    assert second.code == 1
    assert second.error == f"error: evbooking runs here already: use it, or stop it with kill {process.pid}\n"
    assert answers(addresses["DATABASE_URL"])


def test_half_made_data_are_made_again(launcher: Launcher) -> None:
    half = launcher.var / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("1")

    _, addresses = launcher.start_services()

    assert answers(addresses["DATABASE_URL"])
    assert not half.exists()


def test_data_of_a_version_that_is_not_here_are_refused_and_kept(launcher: Launcher) -> None:
    data = launcher.var / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")

    ended = launcher.run("services")

    assert ended.code == 1
    assert ended.error == (
        f"error: {data} was made by PostgreSQL 9, which is not here any more: install it again, "
        "or delete that folder to start with an empty database\n"
    )
    assert (data / "PG_VERSION").read_text() == "9\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
def test_root_in_a_private_folder_keeps_the_data_outside_until_clean(launcher: Launcher) -> None:
    launcher.var.parent.chmod(0o700)
    process, addresses = launcher.start_services()
    outside = Path((launcher.var / "postgres.home").read_text().strip())
    write_note(addresses["DATABASE_URL"])
    process.terminate()
    process.wait(timeout=PATIENCE_SECONDS)

    second, again = launcher.start_services()
    assert read_notes(again["DATABASE_URL"]) == [("kept",)]
    second.terminate()
    second.wait(timeout=PATIENCE_SECONDS)

    assert launcher.run("clean").code == 0
    assert not outside.exists()
    assert not launcher.var.exists()
    assert launcher.var.parent.stat().st_mode & 0o777 == 0o700
