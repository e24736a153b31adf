"""The table of moves of a place in line is the domain's, and nothing goes around it."""

import itertools

import pytest
from django.db import IntegrityError, transaction

from bookings.models import WaitlistEntry
from bookings.tests.waitlist.conftest import NOW, Wait, state, told
from bookings.waiting import ALLOWED, S, move_entry
from evbooking.core.errors import WrongState

pytestmark = pytest.mark.django_db

DOMAIN = {
    ("WAITING", "OFFERED"),
    ("WAITING", "CANCELED"),
    ("WAITING", "LAPSED"),
    ("OFFERED", "ACCEPTED"),
    ("OFFERED", "DECLINED"),
    ("OFFERED", "SKIPPED"),
    ("OFFERED", "WAITING"),
    ("OFFERED", "CANCELED"),
}


def test_the_table_is_the_domains() -> None:
    assert {(before.value, to.value) for before, after in ALLOWED.items() for to in after} == DOMAIN


@pytest.mark.parametrize(
    ("before", "to"), sorted(set(itertools.product(S.values, S.values)) - DOMAIN), ids="-".join
)
def test_any_other_move_is_refused(wait: Wait, before: str, to: str) -> None:
    entry = wait()
    expires = NOW if before == "OFFERED" else None
    WaitlistEntry.objects.update(status=before, offer_expires_at=expires)
    entry.refresh_from_db()
    with pytest.raises(WrongState), transaction.atomic():
        move_entry(entry, S(to), actor=None, now=NOW)
    assert (state(entry), told(entry)) == (before, ["joined"])


def test_who_judged_an_older_state_moves_nothing(wait: Wait) -> None:
    entry = wait()
    WaitlistEntry.objects.update(status="CANCELED")
    with pytest.raises(WrongState), transaction.atomic():
        move_entry(entry, S.LAPSED, actor=None, now=NOW)
    assert (state(entry), told(entry)) == ("CANCELED", ["joined"])


def test_the_database_offers_one_entry_of_a_wish(wait: Wait) -> None:
    one, other = wait(), wait()
    WaitlistEntry.objects.update(wish=one.wish)
    WaitlistEntry.objects.filter(pk=one.pk).update(status="OFFERED", offer_expires_at=NOW)
    with pytest.raises(IntegrityError, match="waitlist_wish_offered_once"), transaction.atomic():
        WaitlistEntry.objects.filter(pk=other.pk).update(status="OFFERED", offer_expires_at=NOW)
