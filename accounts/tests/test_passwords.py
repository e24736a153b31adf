import pytest
from pytest_django import Settings

from accounts.models import User
from tests.factories import PASSWORD


@pytest.mark.django_db
def test_passwords_are_kept_by_argon2(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = settings.PRODUCTION_PASSWORD_HASHERS
    user = User.objects.create_user("new@example.com", PASSWORD)
    assert user.password.startswith("argon2$argon2id$")
    assert user.check_password(PASSWORD)
