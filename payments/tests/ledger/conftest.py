"""A booking paid online whose session of 11 kWh at 0.50 EUR/kWh, 19 % VAT included, was billed."""

from datetime import timedelta

import pytest

from accounts.models import Operator, User
from charging.models import CDR
from payments.models import BookingAccount, OperatorAccount
from payments.tests.ledger.making import START, bill, paid_online
from stations.models import EVSE, Station


@pytest.fixture
def evse(station: Station) -> EVSE:
    return station.evses.earliest("uid")


@pytest.fixture
def account(evse: EVSE, driver: User) -> BookingAccount:
    return paid_online(evse, driver)


@pytest.fixture
def cdr(account: BookingAccount) -> CDR:
    """5.50 EUR, of which 0.88 are VAT."""
    return bill(account.booking, end=START + timedelta(hours=1))


@pytest.fixture
def operator_account(operator: Operator) -> OperatorAccount:
    return OperatorAccount.objects.create(
        operator=operator, stripe_id="acct_1", code="NORD", created_at=START, last_updated=START
    )
