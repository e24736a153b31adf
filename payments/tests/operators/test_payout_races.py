"""Many who pay out one operator in the same moment: it is paid once. Without the guards it would be paid twice."""

from threading import Barrier

import pytest
from django.db import connection

from accounts.models import User
from payments.models import OperatorAccount, Payout
from payments.sandbox.tests.running import Running
from payments.selectors.payable import payable_of
from payments.services.payouts import request_payout
from payments.tests.operators.conftest import NOW
from payments.tests.operators.earning import SHARE, earn
from stations.tests.services.test_races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
MANY = 6


def test_of_many_at_once_one_is_paid(
    sandbox: Running, ready: OperatorAccount, driver: User, owner: User
) -> None:
    earn(sandbox, ready, driver)
    said = at_once([lambda: request_payout(ready, actor=owner, now=NOW)] * MANY)
    assert said.count("") == 1
    assert set(said) <= {"", "payout_under_way", "nothing_to_pay_out"}
    made = sandbox.client().v1.payouts.list({}, {"stripe_account": str(ready.stripe_id)}).data
    assert [one.amount for one in made] == [522]


def test_without_the_lock_and_the_constraint_it_would_be_paid_twice(
    sandbox: Running, ready: OperatorAccount, driver: User
) -> None:
    earn(sandbox, ready, driver)
    gate = Barrier(2)

    def pay_carelessly() -> None:
        amount = payable_of(ready).available
        gate.wait(timeout=30)
        Payout.objects.create(
            account=ready, amount=amount.amount, currency="EUR", created_at=NOW, last_updated=NOW
        )

    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX payout_one_at_a_time")
    try:
        at_once([pay_carelessly] * 2)
        assert [payout.amount for payout in Payout.objects.all()] == [SHARE.amount] * 2
    finally:
        Payout.objects.update(status=Payout.Status.CANCELED)
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX payout_one_at_a_time ON payments_payout (account_id, currency)"
                " WHERE status = 'PENDING'"
            )
