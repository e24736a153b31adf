"""A till at the sandbox, for a booking at a station whose operator can be paid there."""

import pytest

from accounts.models import User
from payments.models import OperatorAccount
from payments.sandbox.tests.running import Running
from payments.tests.settling.till import Till
from stations.models import Station


@pytest.fixture
def till(sandbox: Running, ready_operator: OperatorAccount, driver: User, station: Station) -> Till:
    return Till(
        sandbox, sandbox.client(), str(ready_operator.stripe_id), driver, station.evses.earliest("uid")
    )
