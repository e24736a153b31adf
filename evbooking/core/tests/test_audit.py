"""The audit's entries: written with the fact, never rewritten."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory

from accounts.models import User
from evbooking.core.audit import record
from evbooking.core.models import AuditEntry, AuditSeal, AuditUnsealed
from evbooking.core.request_context import client_address, serving
from evbooking.core.seals import seal_entries


@pytest.fixture
def entry(driver: User) -> AuditEntry:
    id_ = record("user.rename", target=driver, actor=driver, before={"name": "A"}, after={"name": "B"})
    return AuditEntry.objects.get(pk=id_)


def test_an_entry_says_who_did_what_to_which_object_from_where(driver: User, administrator: User) -> None:
    with serving("203.0.113.7"):
        id_ = record(
            "user.suspend",
            target=driver,
            actor=administrator,
            before={"active": True},
            after={"active": False},
            reason="fraud",
        )
    entry = AuditEntry.objects.get(pk=id_)
    assert (entry.actor, entry.address, entry.action, entry.reason) == (
        administrator,
        "203.0.113.7",
        "user.suspend",
        "fraud",
    )
    assert (entry.target_type, entry.target_id) == ("accounts.user", str(driver.pk))
    assert (entry.before, entry.after) == ({"active": True}, {"active": False})


def test_the_system_acts_without_an_actor_and_an_address(driver: User) -> None:
    entry = AuditEntry.objects.get(
        pk=record("user.expire", target=driver, actor=None, before=None, after=None)
    )
    assert (entry.actor, entry.address, entry.before, entry.after) == (None, None, None, None)


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused(driver: User) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record("user.rename", target=driver, actor=driver, before=None, after=None)
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_disappears_with_its_fact(driver: User) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("user.rename", target=driver, actor=driver, before=None, after=None)
        raise ZeroDivisionError
    assert not AuditEntry.objects.exists()
    assert not AuditUnsealed.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda: AuditEntry.objects.update(reason="forged"),
        lambda: AuditEntry.objects.all().delete(),
        lambda: AuditSeal.objects.update(digest="forged"),
        lambda: AuditSeal.objects.all().delete(),
    ],
)
def test_entries_and_seals_are_never_changed(entry: AuditEntry, change: Callable[[], object]) -> None:
    seal_entries()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        change()
    assert AuditEntry.objects.get().reason == ""
    assert AuditSeal.objects.get().entry_id == entry.pk


@pytest.mark.parametrize("table", ["core_auditentry", "core_auditseal"])
def test_the_tables_cannot_be_truncated(entry: AuditEntry, table: str) -> None:
    seal_entries()
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER audit_no_truncate")
        cursor.execute(f"TRUNCATE {table}")
    assert (AuditEntry.objects.count(), AuditSeal.objects.count()) == (1, 1)


def test_the_entry_outlives_the_account(driver: User, administrator: User) -> None:
    id_ = record("user.rename", target=administrator, actor=driver, before=None, after=None)
    key = driver.pk
    driver.delete()
    assert AuditEntry.objects.get(pk=id_).actor_id == key


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "198.51.100.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "192.0.2.66, 203.0.113.9", "203.0.113.9"),
        (2, "192.0.2.66, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (1, "", None),
        (1, "not an address", None),
        (2, "203.0.113.9", "198.51.100.1"),
    ],
)
def test_the_address_is_what_the_trusted_proxies_saw(
    settings: object, proxies: int, forwarded: str, expected: str | None
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies  # type: ignore[attr-defined]
    request = RequestFactory().get("/", REMOTE_ADDR="198.51.100.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == expected
