"""Runs `localstripe` (GPL, a process of its own) as its command does, but on 127.0.0.1 and a free port."""

import runpy
import socket
import sys


class Loopback(socket.socket):
    """localstripe binds every interface; here it gets this machine only."""

    def bind(self, address: object) -> None:
        super().bind(("::ffff:127.0.0.1", 0))


if __name__ == "__main__":
    socket.socket = Loopback  # type: ignore[misc]
    sys.argv = ["localstripe", "--from-scratch"]
    runpy.run_module("localstripe.server", run_name="__main__")
