"""A booking paid online whose session of 11 kWh at 0.50 EUR/kWh, 19 % VAT included, was billed."""

import pytest

from accounts.models import Operator, User
from charging.models import CDR
from payments.models import BookingAccount, OperatorAccount
from payments.tests.bills import START, billed_visit
from stations.models import Station


@pytest.fixture
def visit(station: Station, driver: User) -> tuple[BookingAccount, CDR]:
    """5.50 EUR, of which 0.88 are VAT and 0.28 the platform's."""
    return billed_visit(station.evses.earliest("uid"), driver)


@pytest.fixture
def account(visit: tuple[BookingAccount, CDR]) -> BookingAccount:
    return visit[0]


@pytest.fixture
def cdr(visit: tuple[BookingAccount, CDR]) -> CDR:
    return visit[1]


@pytest.fixture
def operator_account(operator: Operator) -> OperatorAccount:
    return OperatorAccount.objects.create(
        operator=operator, stripe_id="acct_1", code="NORD", created_at=START, last_updated=START
    )
