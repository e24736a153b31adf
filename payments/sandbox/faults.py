"""Trouble on demand: API requests that fail or hang, webhooks that come late, twice, out of order or never."""

from __future__ import annotations

from payments.sandbox.box import Box
from payments.sandbox.errors import Json, invalid
from payments.sandbox.params import Params

API_KINDS = ("error", "hang")
WEBHOOK_KINDS = ("lose", "twice", "late", "reorder")


def add_fault(box: Box, params: Params) -> Json:
    """Arms a fault for the next `times` requests or deliveries that match.

    target=api: `match` is a part of the request ("POST /v1/refunds"); kind=error (status 429, 500, …) or
    hang (for `seconds`); when=before leaves nothing done, when=after does the work and loses the answer.
    target=webhook: `match` begins the event type; kind=lose, twice, late (by `seconds`) or reorder
    (`times` events are held and then come in reverse).
    """
    target = params.choice("target", ("api", "webhook"))
    kind = params.choice("kind", API_KINDS if target == "api" else WEBHOOK_KINDS)
    times = params.integer("times")
    if times is not None and times < 1:
        raise invalid("times is at least 1", param="times")
    return box.new(
        "_fault", "fault", target=target, kind=kind, match=params.text("match"), times=times or 1,
        left=times or 1, status=params.integer("status") or 500, seconds=params.integer("seconds") or 30,
        when=params.choice("when", ("before", "after")),
    )  # fmt: skip


def take_fault(box: Box, target: str, subject: str) -> Json | None:
    """The first armed fault for this path or event type, used up by one. Called inside a transaction."""
    for fault in box.store.find("_fault", target=target, oldest_first=True):
        if fault["left"] and _matches(fault, subject):
            fault["left"] -= 1
            box.save(fault)
            return fault
    return None


def clear_faults(box: Box) -> None:
    for fault in box.store.find("_fault"):
        box.store.remove(fault["id"])


def _matches(fault: Json, subject: str) -> bool:
    if fault["target"] == "api":
        return fault["match"] in subject
    return subject.startswith(str(fault["match"]))
