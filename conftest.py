"""The cast shared by all tests: a driver, an operator's owner and staff, an administrator, a stranger."""

from collections.abc import Callable

import pytest
import pytest_django
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.models import Membership, Operator, User
from evbooking.core.testing import allow_truncate
from stations.models import Station
from tests import factories
from tests.sessions import session_key


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        allow_truncate()


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Rate limits and cached sessions of one test never reach the next."""
    cache.clear()


@pytest.fixture
def driver(db: None) -> User:
    return factories.make_user("driver@example.com", name="Dana Driver")


@pytest.fixture
def stranger(db: None) -> User:
    """Somebody else with an account: what is not theirs must not exist for them."""
    return factories.make_user("stranger@example.com", name="Sam Stranger")


@pytest.fixture
def administrator(db: None) -> User:
    return factories.make_user("admin@example.com", name="Ada Admin", is_staff=True)


@pytest.fixture
def owner(db: None) -> User:
    return factories.make_user("owner@example.com", name="Otto Owner")


@pytest.fixture
def operator(owner: User) -> Operator:
    return factories.make_operator("Nordstrom Charging", owner=owner)


@pytest.fixture
def staff(operator: Operator) -> User:
    """Staff of `operator`: sees and answers bookings, changes no stations."""
    user = factories.make_user("staff@example.com", name="Stina Staff")
    Membership.objects.create(operator=operator, user=user, role=Membership.Role.STAFF)
    return user


@pytest.fixture
def rival(db: None) -> User:
    """Owner of another operator: nothing of `operator` is theirs."""
    user = factories.make_user("rival@example.com", name="Rita Rival")
    factories.make_operator("Other Charging", owner=user)
    return user


@pytest.fixture
def station(operator: Operator) -> Station:
    """An approved station of `operator` with two 11 kW EVSEs, always open, paid on site."""
    return factories.make_station(operator, evses=2)


@pytest.fixture
def session_token() -> Callable[[User], str]:
    """Signs a user in and gives the token an app would send."""

    return session_key


@pytest.fixture
def api(session_token: Callable[[User], str]) -> Callable[[User | None], APIClient]:
    """`api(user)` is an HTTP client signed in as that user by a session token, as an app would be."""

    def client(user: User | None = None) -> APIClient:
        made = APIClient()
        if user is not None:
            made.credentials(HTTP_X_SESSION_TOKEN=session_token(user))
        return made

    return client
