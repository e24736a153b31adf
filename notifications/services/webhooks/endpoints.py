"""Making, changing and removing an operator's webhooks. Secrets are told once, to who makes them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, TypedDict, Unpack
from uuid import uuid4

from django.db import transaction

from accounts.models import Operator, User
from accounts.ports import require_room
from evbooking.core import audit, events
from evbooking.core.errors import FieldError, Invalid, WrongState
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.services.webhooks.queueing import queue
from notifications.webhooks.addresses import BadReceiver, read_receiver, resolve
from notifications.webhooks.catalogue import EVENTS, PING
from notifications.webhooks.sealing import seal_secret
from notifications.webhooks.signing import new_secret

PREVIOUS_SECRET_LIVES: Final = timedelta(days=1)
State, Reason = WebhookEndpoint.State, WebhookEndpoint.Reason


class WebhookFields(TypedDict, total=False):
    """What may be changed: `events` are names of webhooks.catalogue."""

    url: str
    description: str
    events: list[str]


def create_webhook(
    operator: Operator, *, url: str, events: list[str], description: str = "", actor: User, now: datetime
) -> WebhookEndpoint:
    """An ACTIVE endpoint with a new secret. Raises Invalid, PlanLimit where the plan has no room for one more."""
    _refuse_if([*_url_errors(url), *_events_errors(events)])
    endpoint_id = uuid4()
    endpoint = WebhookEndpoint(
        id=endpoint_id,
        operator=operator,
        url=url,
        events=_in_order(events),
        description=description,
        sealed_secret=seal_secret(endpoint_id, new_secret()),
        created_at=now,
        last_updated=now,
    )
    with transaction.atomic():
        require_room(operator, "webhooks", operator.webhook_endpoints.count)
        endpoint.save(force_insert=True)
        _record("webhook.create", endpoint, actor, None, _shown(endpoint))
    return endpoint


def update_webhook(
    endpoint: WebhookEndpoint, *, actor: User, now: datetime, **changes: Unpack[WebhookFields]
) -> WebhookEndpoint:
    """Write the named fields. Raises Invalid; then nothing is written. What is queued goes to the new URL."""
    errors = _url_errors(changes["url"]) if "url" in changes else []
    errors += _events_errors(changes["events"]) if "events" in changes else []
    _refuse_if(errors)
    if "events" in changes:
        changes["events"] = _in_order(changes["events"])
    with transaction.atomic():
        locked = _locked(endpoint)
        before = {name: value for name, value in _shown(locked).items() if name in changes}
        for name, value in changes.items():
            setattr(locked, name, value)
        locked.last_updated = now
        locked.save(update_fields=[*changes, "last_updated"])
        _record("webhook.update", locked, actor, before, dict(changes))
    return locked


def remove_webhook(endpoint: WebhookEndpoint, *, actor: User) -> None:
    """Delete it with its log; what is being sent at this moment may still arrive."""
    with transaction.atomic():
        _record("webhook.remove", endpoint, actor, _shown(endpoint), None)
        WebhookEndpoint.objects.filter(pk=endpoint.pk).delete()


def rotate_secret(endpoint: WebhookEndpoint, *, actor: User, now: datetime) -> WebhookEndpoint:
    """A new secret; the present one signs too for another day, one before that no longer."""
    with transaction.atomic():
        locked = _locked(endpoint)
        locked.sealed_previous_secret = locked.sealed_secret
        locked.sealed_secret = seal_secret(locked.pk, new_secret())
        locked.previous_secret_until = now + PREVIOUS_SECRET_LIVES
        locked.last_updated = now
        locked.save()
        _record("webhook.rotate", locked, actor, None, {"until": locked.previous_secret_until})
    return locked


def enable_webhook(endpoint: WebhookEndpoint, *, actor: User, now: datetime) -> WebhookEndpoint:
    """DISABLED > ACTIVE, with all its time to fail before it. Raises Invalid, WrongState."""
    _refuse_if(_url_errors(endpoint.url))
    fields = {"state": State.ACTIVE, "disabled_reason": "", "disabled_at": None, "failing_since": None}
    with transaction.atomic():
        found = WebhookEndpoint.objects.filter(pk=endpoint.pk, state=State.DISABLED)
        if not found.update(last_updated=now, **fields):
            raise WrongState("The webhook is active.")
        _record("webhook.enable", endpoint, actor, {"state": State.DISABLED}, {"state": State.ACTIVE})
    endpoint.refresh_from_db()
    return endpoint


def disable_webhook(
    endpoint: WebhookEndpoint, *, reason: str, actor: User | None, now: datetime
) -> WebhookEndpoint:
    """ACTIVE > DISABLED, and what was queued is given up. Unless a person did it, the owners are told.

    Raises WrongState.
    """
    fields = {"state": State.DISABLED, "disabled_reason": reason, "disabled_at": now}
    with transaction.atomic():
        found = WebhookEndpoint.objects.filter(pk=endpoint.pk, state=State.ACTIVE)
        if not found.update(last_updated=now, **fields):
            raise WrongState("The webhook is disabled.")
        waiting = WebhookDelivery.objects.filter(endpoint=endpoint, state=WebhookDelivery.State.QUEUED)
        waiting.update(state=WebhookDelivery.State.FAILED, error="The webhook was disabled.")
        _record("webhook.disable", endpoint, actor, {"state": State.ACTIVE}, {"reason": reason})
        if actor is None:
            events.publish(
                "webhook.disabled", subject=f"webhook:{endpoint.pk}", data=_told(endpoint, reason), now=now
            )
    endpoint.refresh_from_db()
    return endpoint


def ping(endpoint: WebhookEndpoint, *, actor: User, now: datetime) -> WebhookDelivery:
    """Queue a test message, which goes the way of all others. Raises WrongState for a disabled endpoint."""
    if endpoint.state != State.ACTIVE:
        raise WrongState("Enable the webhook first.")
    with transaction.atomic():
        data = {"endpoint_id": endpoint.pk, "operator_id": endpoint.operator_id}
        event = events.publish(PING, subject=f"webhook:{endpoint.pk}", data=data, actor=actor, now=now)
        queue(event, PING, [endpoint], now=now)
    return WebhookDelivery.objects.get(endpoint=endpoint, event_id=event.pk)


def _url_errors(url: str) -> list[FieldError]:
    try:
        resolve(read_receiver(url))
    except BadReceiver as refused:
        return [FieldError("url", "invalid", str(refused))]
    return []


def _events_errors(names: Iterable[str]) -> list[FieldError]:
    chosen = list(names)
    if not chosen:
        return [FieldError("events", "required", "Choose at least one event.")]
    unknown = sorted(set(chosen) - EVENTS.keys())
    return [FieldError("events", "invalid", f"There is no event {unknown[0]}.")] if unknown else []


def _refuse_if(errors: list[FieldError]) -> None:
    if errors:
        raise Invalid(errors)


def _in_order(names: Iterable[str]) -> list[str]:
    chosen = set(names)
    return [name for name in EVENTS if name in chosen]


def _locked(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    return (
        WebhookEndpoint.objects.select_for_update(of=("self",)).select_related("operator").get(pk=endpoint.pk)
    )


def _shown(endpoint: WebhookEndpoint) -> dict[str, object]:
    return {name: getattr(endpoint, name) for name in ("url", "description", "events")}


def _told(endpoint: WebhookEndpoint, reason: str) -> dict[str, object]:
    return {
        "endpoint_id": endpoint.pk,
        "operator_id": endpoint.operator_id,
        "url": endpoint.url,
        "reason": reason,
    }


def _record(
    action: str,
    endpoint: WebhookEndpoint,
    actor: User | None,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
) -> None:
    audit.record(action, target=endpoint, actor=actor, before=before, after=after)
