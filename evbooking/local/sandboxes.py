"""What stands in for the outside world while the environment names no real service."""

from evbooking.local import message_sandbox
from evbooking.local.payment_sandbox import is_wanted, start_payment_sandbox
from evbooking.local.places import Places
from evbooking.local.ports import Ports
from evbooking.local.progress import step
from evbooking.local.servers import Servers


def add_sandboxes(places: Places, ports: Ports, servers: Servers) -> None:
    """Start the sandboxes that are wanted; their addresses join those of the servers, and they end with them."""
    if is_wanted():
        with step("payment sandbox"):
            child, variables = start_payment_sandbox(places, ports)
        servers.children.append(child)
        servers.urls |= variables
    if message_sandbox.is_wanted():
        with step("message sandbox"):
            child, variables = message_sandbox.start_message_sandbox(places, ports)
        servers.children.append(child)
        servers.urls |= variables
