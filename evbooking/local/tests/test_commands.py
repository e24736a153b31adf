"""exec and attach: a command beside servers, its exit code passed on."""

import os
import sys
import tempfile
from pathlib import Path

from evbooking.local.processes import wait_until
from evbooking.local.tests.conftest import PATIENCE_SECONDS, Launcher

ASK_SERVERS = """
import os, psycopg, redis
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    print("fsync", *connection.execute("SHOW fsync").fetchone())
print("redis", redis.Redis.from_url(os.environ["REDIS_URL"]).ping())
"""


def test_exec_gives_the_command_empty_servers(launcher: Launcher) -> None:
    ended = launcher.run("exec", "--", sys.executable, "-c", ASK_SERVERS)

    assert ended.out.splitlines()[-2:] == ["fsync off", "redis True"]
    assert ended.code == 0


def test_exec_answers_with_the_exit_code_of_the_command(launcher: Launcher) -> None:
    assert launcher.run("exec", "--", "sh", "-c", "exit 7").code == 7
    assert launcher.run("exec", "--", "sh", "-c", "kill -TERM $$").code == 143


def test_exec_names_a_command_that_does_not_exist(launcher: Launcher) -> None:
    ended = launcher.run("exec", "--", "no-such-command")

    assert (ended.code, ended.error) == (127, "error: there is no command no-such-command\n")


def test_exec_removes_its_folder_and_that_of_a_killed_one(launcher: Launcher) -> None:
    process = launcher.start("exec", "--", "sh", "-c", "echo up; exec cat /dev/zero >/dev/null")
    assert process.stdout is not None
    assert any(line == "up\n" for line in process.stdout)
    process.kill()
    process.wait(timeout=PATIENCE_SECONDS)

    ended = launcher.run("exec", "--", "true")

    assert ended.code == 0
    folders = Path(tempfile.gettempdir()).glob("evb-exec-*")
    left = [folder.name for folder in folders if folder.name.startswith(f"evb-exec-{process.pid}-")]
    assert left == []


def test_stopping_exec_stops_its_command(launcher: Launcher) -> None:
    process = launcher.start("exec", "--", "sh", "-c", "echo $$; exec cat /dev/zero >/dev/null")
    assert process.stdout is not None
    pid = next(int(line) for line in process.stdout if line.strip().isdigit())

    process.terminate()

    assert process.wait(timeout=PATIENCE_SECONDS) == 143
    assert wait_until(lambda: not Path(f"/proc/{pid}").exists(), seconds=PATIENCE_SECONDS)
    assert pid != os.getpid()
