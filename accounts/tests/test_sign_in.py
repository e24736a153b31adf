import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.tests.answers import found
from accounts.tests.clients import Api, Pages
from tests.factories import PASSWORD

LOGIN = "/_allauth/app/v1/auth/login"


@pytest.fixture
def confirmed(driver: User) -> User:
    EmailAddress.objects.create(user=driver, email=driver.email, verified=True, primary=True)
    return driver


def code(secret: str) -> str:
    """What an authenticator app shows now."""
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))


def test_an_app_signs_in_and_out(api: Api, confirmed: User) -> None:
    answer = api().post(LOGIN, {"email": "DRIVER@example.com", "password": PASSWORD})
    token = answer.json()["meta"]["session_token"]
    assert answer.status_code == 200
    assert api().get("/api/v1/me", HTTP_X_SESSION_TOKEN=token).status_code == 200
    api().delete("/_allauth/app/v1/auth/session", HTTP_X_SESSION_TOKEN=token)
    assert api().get("/api/v1/me", HTTP_X_SESSION_TOKEN=token).status_code == 401


def test_a_wrong_password_and_an_unknown_address_sound_the_same(api: Api, confirmed: User) -> None:
    wrong = api().post(LOGIN, {"email": confirmed.email, "password": "wrong"})
    unknown = api().post(LOGIN, {"email": "nobody@example.com", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 400
    assert wrong.json() == unknown.json()


def test_a_closed_account_does_not_sign_in(api: Api, confirmed: User) -> None:
    User.objects.update(is_active=False)
    answer = api().post(LOGIN, {"email": confirmed.email, "password": PASSWORD})
    assert answer.status_code in {400, 401}
    assert "session_token" not in answer.json().get("meta", {})


def test_a_browser_signs_in_and_goes_where_it_wanted(confirmed: User) -> None:
    page = Client().post(
        "/accounts/login/?next=/account/cars/", {"login": confirmed.email, "password": PASSWORD}
    )
    assert page["Location"] == "/account/cars/"


def test_signing_in_never_leads_to_another_site(confirmed: User) -> None:
    body = {"login": confirmed.email, "password": PASSWORD, "next": "https://evil.example/"}
    assert Client().post("/accounts/login/?next=https://evil.example/", body)["Location"] == "/"


def test_signing_out_ends_the_session(pages: Pages, driver: User) -> None:
    browser = pages(driver)
    assert "Sign out?" in browser.get("/accounts/logout/").content.decode()
    assert browser.get("/account/").status_code == 200
    browser.post("/accounts/logout/")
    assert browser.get("/account/").status_code == 302


def test_a_forgotten_password_is_replaced_by_the_letters_link(confirmed: User) -> None:
    browser = Client()
    assert browser.post("/accounts/password/reset/", {"email": confirmed.email}).status_code == 302
    link = found(r"/accounts/password/reset/key/\S+", mail.outbox[0].body)
    assert mail.outbox[0].subject == "Choose a new password"
    form = browser.get(link, follow=True)
    path = form.redirect_chain[-1][0]
    assert "Choose a new password" in form.content.decode()
    new = "another correct horse"
    browser.post(path, {"password1": new, "password2": new})
    confirmed.refresh_from_db()
    assert confirmed.check_password(new)
    assert "no longer good" in Client().get(link, follow=True).content.decode()


def test_asking_for_a_reset_does_not_tell_who_has_an_account(confirmed: User) -> None:
    known = Client().post("/accounts/password/reset/", {"email": confirmed.email})
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_a_password_is_changed_with_the_old_one(pages: Pages, driver: User) -> None:
    new, browser = "another correct horse", pages(driver)
    wrong = browser.post(
        "/accounts/password/change/", {"oldpassword": "wrong", "password1": new, "password2": new}
    )
    assert wrong.status_code == 200
    driver.refresh_from_db()
    assert driver.check_password(PASSWORD)
    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    driver.refresh_from_db()
    assert driver.check_password(new)


def test_the_second_step_is_set_up_and_then_asked_for(confirmed: User) -> None:
    browser = Client()
    browser.post("/accounts/login/", {"login": confirmed.email, "password": PASSWORD})
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = browser.get("/accounts/2fa/totp/activate/").content.decode()
    secret = found(r"<code>([A-Z2-7]+)</code>", page)
    assert 'src="data:image/svg+xml;base64,' in page
    assert browser.post("/accounts/2fa/totp/activate/", {"code": "000000"}).status_code == 200
    assert Authenticator.objects.count() == 0
    browser.post("/accounts/2fa/totp/activate/", {"code": code(secret)})
    assert Authenticator.objects.filter(type="totp", user=confirmed).count() == 1
    other = Client()
    first = other.post("/accounts/login/", {"login": confirmed.email, "password": PASSWORD})
    assert first["Location"].startswith("/accounts/2fa/authenticate/")
    assert other.get("/account/").status_code == 302
    assert "Second step" in other.get(first["Location"]).content.decode()


def test_an_app_needs_the_second_step_too(api: Api, confirmed: User) -> None:
    TOTP.activate(confirmed, "JBSWY3DPEHPK3PXP")
    first = api().post(LOGIN, {"email": confirmed.email, "password": PASSWORD})
    token = first.json()["meta"]["session_token"]
    pending = [flow["id"] for flow in first.json()["data"]["flows"] if flow.get("is_pending")]
    assert (first.status_code, pending) == (401, ["mfa_authenticate"])
    assert api().get("/api/v1/me", HTTP_X_SESSION_TOKEN=token).status_code == 401
    second = api().post(
        "/_allauth/app/v1/auth/2fa/authenticate",
        {"code": code("JBSWY3DPEHPK3PXP")},
        HTTP_X_SESSION_TOKEN=token,
    )
    assert second.status_code == 200
    token = second.json()["meta"]["session_token"]
    assert api().get("/api/v1/me", HTTP_X_SESSION_TOKEN=token).status_code == 200


@pytest.mark.usefixtures("_production")
def test_in_production_the_thirty_first_sign_in_of_a_minute_from_one_address_waits(
    api: Api, confirmed: User
) -> None:
    users = [User(email=f"{n}@example.com", password=confirmed.password) for n in range(31)]
    User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=u, email=u.email, verified=True, primary=True) for u in users
    )
    statuses = [api().post(LOGIN, {"email": u.email, "password": PASSWORD}).status_code for u in users]
    assert statuses == [200] * 30 + [429]


@pytest.mark.usefixtures("_production")
def test_in_production_the_sixth_wrong_password_of_an_account_is_not_even_tried(confirmed: User) -> None:
    browser, wrong = Client(), {"login": confirmed.email, "password": "wrong"}
    for _ in range(5):
        browser.post("/accounts/login/", wrong)
    browser.post("/accounts/login/", {"login": confirmed.email, "password": PASSWORD})
    assert browser.get("/account/").status_code == 302


@pytest.mark.usefixtures("_production")
def test_in_production_an_unconfirmed_address_is_sent_to_its_mail_first(driver: User) -> None:
    EmailAddress.objects.create(user=driver, email=driver.email, verified=False, primary=True)
    browser = Client()
    page = browser.post("/accounts/login/", {"login": driver.email, "password": PASSWORD})
    assert (page["Location"], len(mail.outbox)) == ("/accounts/confirm-email/", 1)
    assert browser.get("/account/").status_code == 302
