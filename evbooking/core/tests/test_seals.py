"""Seals: whatever is done to the audit behind its triggers is found."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import User
from evbooking.core import seals
from evbooking.core.audit import record
from evbooking.core.models import AuditEntry, AuditSeal, AuditUnsealed
from evbooking.core.seals import anchor, oldest_unsealed_age
from evbooking.core.tasks import seal_audit


@pytest.fixture
def entries(driver: User) -> list[int]:
    """The ids of four entries, not yet sealed."""
    return [
        record("user.rename", target=driver, actor=driver, before={"n": n}, after={"n": n + 0.5, "ä": None})
        for n in range(4)
    ]


def behind_the_trigger(sql: str, *params: object) -> None:
    """What someone with the database's superuser may do."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, params)  # type: ignore[arg-type]
        cursor.execute("SET session_replication_role = origin")


def verify(**options: str) -> tuple[int, str]:
    """Exit code and output of audit_verify."""
    out = StringIO()
    try:
        call_command("audit_verify", stdout=out, stderr=out, no_color=True, **options)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue().strip()
    return 0, out.getvalue().strip()


@pytest.mark.django_db
def test_an_empty_audit_is_unbroken() -> None:
    assert verify() == (0, "unbroken: no entry is sealed yet; none is unsealed")


def test_sealing_covers_every_entry_once(entries: list[int]) -> None:
    assert (seal_audit(), seal_audit()) == (4, 0)
    assert list(AuditSeal.objects.order_by("position").values_list("position", "entry_id")) == list(
        enumerate(entries, 1)
    )
    last = AuditSeal.objects.get(position=4)
    assert verify() == (0, f"unbroken: 4 entries sealed, anchor {anchor(last)}; none is unsealed")


def test_batches_make_one_chain(entries: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "BATCH", 3)
    assert seal_audit() == 4
    assert AuditSeal.objects.count() == 4
    assert verify()[0] == 0


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("reason", "forged"),
        ("action", "user.forge"),
        ("actor_id", None),
        ("address", "203.0.113.66"),
        ("target_id", "other"),
        ("before", '{"n": 7}'),
        ("after", "null"),
        ("at", "2020-01-01T00:00:00Z"),
    ],
)
def test_an_edited_entry_is_named(entries: list[int], column: str, value: str | None) -> None:
    seal_audit()
    behind_the_trigger(f"UPDATE core_auditentry SET {column} = %s WHERE id = %s", value, entries[1])
    assert verify() == (1, f"broken: entry {entries[1]}: changed, or seal 2 was; none is unsealed")


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_deleted_entry_is_named_also_the_last(entries: list[int], place: int) -> None:
    seal_audit()
    behind_the_trigger("DELETE FROM core_auditentry WHERE id = %s", entries[place])
    assert verify() == (
        1,
        f"broken: entry {entries[place]}: missing, though seal {place + 1} covers it; none is unsealed",
    )


def test_an_entry_deleted_before_it_was_sealed_is_named(entries: list[int]) -> None:
    behind_the_trigger("DELETE FROM core_auditentry WHERE id = %s", entries[3])
    seal_audit()
    code, text = verify()
    assert (code, text) == (1, f"broken: entry {entries[3]}: missing before it was sealed; none is unsealed")


def test_an_entry_slipped_in_behind_the_trigger_is_named(entries: list[int]) -> None:
    seal_audit()
    behind_the_trigger(
        "INSERT INTO core_auditentry (id, at, action, target_type, target_id, reason)"
        " VALUES (999999, now(), 'forged', 'a', 'b', '')"
    )
    assert verify() == (1, "broken: entry 999999: was inserted behind the trigger; none is unsealed")


def test_a_seal_taken_out_of_the_middle_is_noticed(entries: list[int]) -> None:
    seal_audit()
    behind_the_trigger("DELETE FROM core_auditseal WHERE position = 2")
    assert verify() == (1, "broken: seal 2 is missing; none is unsealed")


def test_cutting_off_the_end_with_its_seals_is_noticed_by_the_anchor(entries: list[int]) -> None:
    seal_audit()
    known = anchor(AuditSeal.objects.get(position=4))
    assert verify(anchor=known)[0] == 0
    behind_the_trigger("DELETE FROM core_auditseal WHERE position = 4")
    behind_the_trigger("DELETE FROM core_auditentry WHERE id = %s", entries[3])
    assert verify()[0] == 0
    assert verify(anchor=known) == (
        1,
        f"broken: the chain does not contain the anchor {known}; none is unsealed",
    )


def test_the_age_of_the_oldest_unsealed_entry_is_told(entries: list[int]) -> None:
    oldest = AuditEntry.objects.get(pk=entries[0])
    assert oldest_unsealed_age(oldest.at + timedelta(seconds=90)) == timedelta(seconds=90)
    assert verify()[1].startswith("unbroken: no entry is sealed yet; the oldest unsealed entry is ")
    seal_audit()
    assert oldest_unsealed_age(oldest.at) is None


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_commits_late_under_a_lower_id_is_sealed_too(driver: User) -> None:
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            record("user.slow", target=driver, actor=driver, before=None, after=None)
            written.set()
            go_on.wait(10)
        connection.close()

    late = threading.Thread(target=slow)
    late.start()
    written.wait(10)
    with transaction.atomic():
        record("user.quick", target=driver, actor=driver, before=None, after=None)
    assert seal_audit() == 1
    go_on.set()
    late.join()
    assert seal_audit() == 1
    sealed = {entry.pk: entry.action for entry in AuditEntry.objects.all()}
    order = [sealed[seal.entry_id] for seal in AuditSeal.objects.order_by("position")]
    assert order == ["user.quick", "user.slow"]
    assert sorted(sealed, key=sealed.__getitem__, reverse=True) == sorted(sealed)
    assert verify()[0] == 0


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_make_one_chain(driver: User) -> None:
    with transaction.atomic():
        for _ in range(40):
            record("user.rename", target=driver, actor=driver, before=None, after=None)

    def work() -> None:
        seal_audit()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditSeal.objects.count() == 40
    assert not AuditUnsealed.objects.exists()
    assert verify()[0] == 0
