"""The sandbox as a process, spoken to over real sockets."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "AC" + "a" * 32
TOKEN = "token-of-these-tests"
SERVICE = "MG" + "b" * 32


@dataclass
class Running:
    """A started sandbox: `url` of its HTTP, `smtp` its mail port."""

    url: str
    smtp: int
    process: subprocess.Popen[str]

    def control(self, path: str, method: str = "POST", **body: Any) -> Any:
        """Ask /_sandbox/<path>. Raises for anything but success."""
        answer = httpx.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=30)
        assert answer.is_success, answer.text
        return answer.json()

    def fault(self, target: str, **how: Any) -> None:
        """The next request to the target goes wrong."""
        self.control("faults", target=target, **how)

    def received(self) -> dict[str, list[dict[str, Any]]]:
        """mails, texts, pushes; the newest first."""
        got: dict[str, list[dict[str, Any]]] = httpx.get(
            f"{self.url}/_sandbox/received?limit=100000", timeout=30
        ).json()
        return got

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def start(*arguments: str) -> Running:
    """Starts a sandbox on free ports; it listens before it prints its first line."""
    command = [sys.executable, "-m", "notifications.sandbox", "--port", "0", "--smtp-port", "0"]
    account = ["--account", ACCOUNT, "--token", TOKEN]
    process = subprocess.Popen([*command, *account, *arguments], cwd=ROOT, text=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert "MESSAGE SANDBOX at " in line, line
    url = line.split(" at ")[1].split(",")[0]
    smtp = int(line.split("mail at ")[1].split(":")[1])
    running = Running(url, smtp, process)
    running.control("settings", paused=True)
    return running
