"""Connect: accounts, their onboarding links, transfers, application fees and payouts."""

from __future__ import annotations

from payments.sandbox.balance import record, require_available
from payments.sandbox.box import DAY, token
from payments.sandbox.calls import Call, Endpoint
from payments.sandbox.destinations import check_destination, make_transfer, refund_fee, reverse_transfer
from payments.sandbox.errors import Json, invalid, no_access
from payments.sandbox.listing import lists, page, retrieves
from payments.sandbox.money import PAID_OUT_WHOLE, check_currency, check_whole
from payments.sandbox.params import merge_metadata

LINK_LIFETIME = 300
ARRIVAL = 2 * DAY
CURRENCIES = {
    "GB": "gbp",
    "US": "usd",
    "CH": "chf",
    "SE": "sek",
    "NO": "nok",
    "DK": "dkk",
    "PL": "pln",
    "JP": "jpy",
}
DUE = ["business_profile.url", "external_account", "tos_acceptance.date", "tos_acceptance.ip"]


def create_account(call: Call) -> Json:
    params = call.params
    country = params.text("country", "DE")
    currency = params.text("default_currency") or CURRENCIES.get(country, "eur")
    account = call.box.new(
        "account", "acct", business_profile={"name": None, "url": None}, capabilities={}, charges_enabled=False,
        business_type=params.optional("business_type"), company=params.raw("company"),
        controller=params.raw("controller") or {}, country=country, default_currency=currency, details_submitted=False,
        email=params.optional("email"), external_accounts={"object": "list", "data": [], "has_more": False, "url": ""},
        individual=params.raw("individual"), metadata={}, payouts_enabled=False,
        requirements=_requirements(DUE), settings={"payouts": {"schedule": {"interval": "daily", "delay_days": 7}}},
        tos_acceptance={}, type=params.choice("type", ("express", "standard", "custom", "none")),
    )  # fmt: skip
    _apply_account(call, account)
    call.box.save(account)
    call.box.emit("account.updated", account, account=account["id"])
    return account


def update_account(call: Call) -> Json:
    account = _account(call)
    for name in ("email", "business_type"):
        if name in call.params:
            account[name] = call.params.optional(name)
    _apply_account(call, account)
    call.box.save(account)
    call.box.emit("account.updated", account, account=account["id"])
    return account


def own_account(call: Call) -> Json:
    """GET /v1/account: the connected account of the header, or the platform itself."""
    if call.account:
        return call.box.get("account", call.account)
    return {"id": "acct_sandboxplatform", "object": "account", "charges_enabled": True, "payouts_enabled": True,
            "details_submitted": True, "country": "DE", "default_currency": "eur", "metadata": {}}  # fmt: skip


def delete_account(call: Call) -> Json:
    account = _account(call)
    call.box.store.remove(account["id"])
    return {"id": account["id"], "object": "account", "deleted": True}


def finish_onboarding(account: Json) -> None:
    """What the hosted form leaves behind: capabilities active, a bank account, nothing due."""
    bank = {
        "id": f"ba_{token()}", "object": "bank_account", "account": account["id"], "bank_name": "STRIPE TEST BANK",
        "country": account["country"], "currency": account["default_currency"], "last4": "3000", "status": "new",
        "default_for_currency": True, "metadata": {},
    }  # fmt: skip
    account.update(
        charges_enabled=True, payouts_enabled=True, details_submitted=True, requirements=_requirements([])
    )
    wanted = account["capabilities"] or {"card_payments": "", "transfers": ""}
    account["capabilities"] = dict.fromkeys(wanted, "active")
    account["external_accounts"]["data"] = [bank]


def create_link(call: Call) -> Json:
    """A link to the onboarding page, good for five minutes and one visit. The link itself has no id at Stripe."""
    account = call.box.get("account", call.params.required("account"), param="account")
    call.params.choice("type", ("account_onboarding", "account_update"), "none")
    call.params.accept("collect", "collection_options")
    link = call.box.new(
        "_account_link", "link", account=account["id"], return_url=call.params.required("return_url"),
        refresh_url=call.params.required("refresh_url"), expires_at=call.box.now() + LINK_LIFETIME, used=False,
    )  # fmt: skip
    return {"object": "account_link", "created": link["created"], "expires_at": link["expires_at"],
            "url": f"{call.box.url}/_sandbox/onboarding/{link['id']}"}  # fmt: skip


def create_transfer(call: Call) -> Json:
    params = call.params
    currency, amount = check_currency(params.required("currency")), params.required_integer("amount")
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", param="amount",
                      code="parameter_invalid_integer")  # fmt: skip
    destination, source = params.required("destination"), params.optional("source_transaction")
    check_destination(call.box, destination)
    if source:
        _check_source(call, source, amount)
    else:
        require_available(call.box, "", amount, currency)
    params.accept("source_type")
    return make_transfer(
        call.box, amount=amount, currency=currency, destination=destination, source=source,
        description=params.optional("description"), transfer_group=params.optional("transfer_group"),
        metadata=merge_metadata({}, params.raw("metadata")),
    )  # fmt: skip


def create_reversal(call: Call) -> Json:
    transfer = call.get("transfer")
    amount = call.params.integer("amount")
    fee = call.params.boolean("refund_application_fee")
    call.params.accept("description")
    left = transfer["amount"] - transfer["amount_reversed"]
    reversal = reverse_transfer(
        call.box, transfer, left if amount is None else _positive(amount),
        metadata=merge_metadata({}, call.params.raw("metadata")),
    )  # fmt: skip
    if fee:
        _refund_fee_of(call, transfer, reversal["amount"])
    return reversal


def list_reversals(call: Call) -> Json:
    call.get("transfer")
    return page(call, call.box.store.find("transfer_reversal", transfer=call.id), "transfer_reversal")


def create_fee_refund(call: Call) -> Json:
    fee = call.box.get("application_fee", call.id)
    amount = call.params.integer("amount")
    left = fee["amount"] - fee["amount_refunded"]
    metadata = merge_metadata({}, call.params.raw("metadata"))
    return refund_fee(call.box, fee, left if amount is None else _positive(amount), metadata=metadata)


def list_fee_refunds(call: Call) -> Json:
    call.box.get("application_fee", call.id)
    return page(call, call.box.store.find("fee_refund", fee=call.id), "fee_refund")


def create_payout(call: Call) -> Json:
    params = call.params
    currency, amount = (
        check_currency(params.required("currency")),
        _positive(params.required_integer("amount")),
    )
    if call.account and not call.box.get("account", call.account)["payouts_enabled"]:
        raise invalid("Payouts are not enabled on this account.", code="payouts_not_allowed")
    if currency in PAID_OUT_WHOLE:
        check_whole(amount, currency)
    require_available(call.box, call.account, amount, currency)
    params.accept("method", "source_type", "destination")
    payout = call.box.new(
        "payout", "po", owner=call.account, amount=amount, arrival_date=call.box.now() + ARRIVAL, automatic=False,
        balance_transaction=None, currency=currency, description=params.optional("description"), destination=None,
        failure_balance_transaction=None, failure_code=None, failure_message=None, method="standard",
        metadata=merge_metadata({}, params.raw("metadata")), reconciliation_status="not_applicable", source_type="card",
        statement_descriptor=params.optional("statement_descriptor"), status="pending", type="bank_account",
    )  # fmt: skip
    movement = record(call.box, "payout", payout, amount=-amount, currency=currency, account=call.account)
    payout["balance_transaction"] = movement["id"]
    call.box.save(payout)
    call.box.emit("payout.created", payout, account=call.account)
    return payout


def cancel_payout(call: Call) -> Json:
    payout = call.get("payout")
    if payout["status"] != "pending":
        raise invalid("Payouts can only be canceled while they are pending.")
    payout["status"] = "canceled"
    record(call.box, "payout_cancel", payout, amount=payout["amount"], currency=payout["currency"],
           account=call.account, category="payout_reversal")  # fmt: skip
    call.box.save(payout)
    call.box.emit("payout.canceled", payout, account=call.account)
    return payout


def _account(call: Call) -> Json:
    """The account of the path. Stripe names one that is not the platform's as one that its key does not open."""
    if call.box.store.get(call.id, "account") is None:
        raise no_access(call.id)
    return call.box.get("account", call.id)


def _apply_account(call: Call, account: Json) -> None:
    params = call.params
    for name, value in (params.raw("capabilities") or {}).items():
        if value.get("requested") == "true":
            account["capabilities"].setdefault(name, "active" if account["details_submitted"] else "inactive")
    account["business_profile"].update(params.raw("business_profile") or {})
    account["metadata"] = merge_metadata(account["metadata"], params.raw("metadata"))
    schedule = params.mapping("settings").mapping("payouts").mapping("schedule")
    interval = schedule.choice("interval", ("daily", "weekly", "monthly", "manual"),
                               account["settings"]["payouts"]["schedule"]["interval"])  # fmt: skip
    schedule.accept("delay_days", "weekly_anchor", "monthly_anchor")
    account["settings"]["payouts"]["schedule"]["interval"] = interval


def _requirements(due: list[str]) -> Json:
    return {"currently_due": due, "eventually_due": due, "past_due": due, "pending_verification": [], "errors": [],
            "current_deadline": None, "disabled_reason": "requirements.past_due" if due else None}  # fmt: skip


def _check_source(call: Call, source: str, amount: int) -> None:
    charge = call.get("charge", source, param="source_transaction")
    sent = sum(item["amount"] for item in call.box.store.find("transfer", source_transaction=source))
    if not charge["captured"] or sent + amount > charge["amount_captured"]:
        raise invalid("Insufficient funds: the transfers of a charge cannot exceed what was captured.",
                      code="balance_insufficient", param="amount")  # fmt: skip


def _refund_fee_of(call: Call, transfer: Json, amount: int) -> None:
    for fee in call.box.store.find("application_fee", charge=transfer["destination_payment"]):
        left = fee["amount"] - fee["amount_refunded"]
        refund_fee(call.box, fee, min(left, (fee["amount"] * amount) // transfer["amount"]))


def _positive(amount: int) -> int:
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", param="amount",
                      code="parameter_invalid_integer")  # fmt: skip
    return amount


ROUTES = (
    Endpoint("GET", "/v1/account", own_account),
    Endpoint("POST", "/v1/accounts", create_account),
    lists("/v1/accounts", "account"),
    Endpoint("GET", "/v1/accounts/{id}", _account),
    Endpoint("POST", "/v1/accounts/{id}", update_account),
    Endpoint("DELETE", "/v1/accounts/{id}", delete_account),
    Endpoint("POST", "/v1/account_links", create_link),
    Endpoint("POST", "/v1/transfers", create_transfer),
    lists("/v1/transfers", "transfer", "destination", "transfer_group"),
    retrieves("/v1/transfers", "transfer"),
    Endpoint("POST", "/v1/transfers/{id}/reversals", create_reversal),
    Endpoint("GET", "/v1/transfers/{id}/reversals", list_reversals),
    lists("/v1/application_fees", "application_fee", "charge"),
    retrieves("/v1/application_fees", "application_fee"),
    Endpoint("POST", "/v1/application_fees/{id}/refunds", create_fee_refund),
    Endpoint("GET", "/v1/application_fees/{id}/refunds", list_fee_refunds),
    Endpoint("POST", "/v1/payouts", create_payout),
    lists("/v1/payouts", "payout", "status"),
    retrieves("/v1/payouts", "payout"),
    Endpoint("POST", "/v1/payouts/{id}/cancel", cancel_payout),
)
