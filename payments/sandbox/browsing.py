"""What a browser does on the sandbox's pages: pay, answer the bank, finish onboarding."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from payments.sandbox import pages
from payments.sandbox.billing import settle_invoice
from payments.sandbox.box import Box
from payments.sandbox.cards import card_of_number
from payments.sandbox.confirming import answer_challenge, challenge_url, confirm_payment, confirm_setup
from payments.sandbox.errors import ApiError, CardError, Json, invalid, missing
from payments.sandbox.resources.connect import finish_onboarding
from payments.sandbox.resources.payment_methods import make_method, resolve_method


@dataclass(frozen=True, slots=True)
class Page:
    """Either HTML with a status, or (when `location` is set) a redirect."""

    html: str = ""
    status: int = 200
    location: str = ""


def intent_of_secret(box: Box, secret: str) -> Json:
    """The PaymentIntent or SetupIntent whose client_secret this is. Raises resource_missing."""
    intent = box.store.get(secret.partition("_secret_")[0])
    if intent is None or intent.get("client_secret") != secret:
        raise missing("intent", secret, "client_secret")
    return intent


def show_pay(box: Box, secret: str, return_url: str) -> Page:
    intent = intent_of_secret(box, secret)
    if intent["status"] == "requires_action":
        return Page(location=challenge_url(box, intent))
    if intent["status"] not in {"requires_payment_method", "requires_confirmation"}:
        return _finished(intent, return_url)
    return Page(pages.pay_page(intent, _saved(box, intent), return_url=return_url))


def pay(box: Box, secret: str, form: Json) -> Page:
    """Confirms with the chosen or typed card. A refusal shows the page again with the issuer's words."""
    return_url = _checked(form.get("return_url", ""))
    with box.store.transaction():
        intent = intent_of_secret(box, secret)
        if intent["status"] not in {"requires_payment_method", "requires_confirmation", "requires_action"}:
            return _finished(intent, return_url)
        try:
            _confirm(box, intent, form, return_url)
        except CardError as error:
            html = pages.pay_page(intent, _saved(box, intent), return_url=return_url, error=str(error))
            return Page(html, status=402)
        settle_invoice(box, intent)
    if intent["status"] == "requires_action":
        return Page(location=challenge_url(box, intent))
    return _finished(intent, return_url)


def show_challenge(box: Box, secret: str) -> Page:
    intent = intent_of_secret(box, secret)
    if intent["status"] != "requires_action":
        return _finished(intent, intent.get("_return_url") or "")
    return Page(pages.challenge_page(intent))


def challenge(box: Box, secret: str, form: Json) -> Page:
    with box.store.transaction():
        intent = intent_of_secret(box, secret)
        if intent["status"] == "requires_action":
            answer(box, intent, passed=form.get("answer") == "complete")
    return _finished(intent, intent.get("_return_url") or "")


def answer(box: Box, intent: Json, *, passed: bool) -> Json:
    """The cardholder's answer; what the issuer says afterwards is kept on the intent, not raised."""
    try:
        answer_challenge(box, intent, passed=passed)
    except CardError:
        return intent
    settle_invoice(box, intent)
    return intent


def show_onboarding(box: Box, link: str) -> Page:
    found = _link(box, link)
    if found["used"] or found["expires_at"] <= box.now():
        return Page(location=found["refresh_url"])
    return Page(pages.onboarding_page(box.get("account", found["account"])))


def onboard(box: Box, link: str, form: Json) -> Page:
    with box.store.transaction():
        found = _link(box, link)
        if found["used"] or found["expires_at"] <= box.now():
            return Page(location=found["refresh_url"])
        found["used"] = True
        box.save(found)
        if form.get("answer") == "complete":
            account = box.get("account", found["account"])
            finish_onboarding(account)
            box.save(account)
            box.emit("account.updated", account, account=account["id"])
    return Page(location=found["return_url"])


def show_invoice(box: Box, name: str) -> Page:
    return Page(pages.invoice_page(box.get("invoice", name)))


def problem(error: ApiError) -> Page:
    return Page(pages.message_page("That did not work", str(error)), status=error.status)


def _confirm(box: Box, intent: Json, form: Json, return_url: str) -> None:
    if form.get("payment_method"):
        method = resolve_method(box, form["payment_method"])
        if method["customer"] != intent["customer"]:
            raise missing("PaymentMethod", method["id"], "payment_method")
    else:
        method = make_method(box, card_of_number(form.get("number", "")))
    if intent["object"] == "setup_intent":
        confirm_setup(box, intent, method, return_url=return_url or None)
        return
    if form.get("save") == "true" and intent["customer"]:
        intent["setup_future_usage"] = "off_session"
    confirm_payment(box, intent, method, off_session=False, return_url=return_url or None)


def _finished(intent: Json, return_url: str) -> Page:
    """Back to the shop with the parameters that Stripe.js adds, or a page that says how it went."""
    good = intent["status"] in {"succeeded", "requires_capture", "processing"}
    if not return_url:
        error = intent.get("last_payment_error") or intent.get("last_setup_error") or {}
        return Page(
            pages.message_page("Done" if good else "Not paid", str(error.get("message", intent["status"])))
        )
    name = intent["object"]
    query = urlencode(
        {name: intent["id"], f"{name}_client_secret": intent["client_secret"],
         "redirect_status": "succeeded" if good else "failed"}
    )  # fmt: skip
    return Page(location=f"{return_url}{'&' if urlsplit(return_url).query else '?'}{query}")


def _saved(box: Box, intent: Json) -> list[Json]:
    return box.store.find("payment_method", customer=intent["customer"]) if intent["customer"] else []


def _checked(url: str) -> str:
    if url and urlsplit(url).scheme not in {"http", "https"}:
        raise invalid("return_url is an http or https address.", param="return_url")
    return url


def _link(box: Box, link: str) -> Json:
    found = box.store.get(link, "_account_link")
    if found is None:
        raise missing("account link", link)
    return found
