"""The sandbox's few pages, plain HTML without scripts: pay, 3-D Secure, onboarding, the front door."""

from __future__ import annotations

from html import escape

from payments.sandbox.cards import CARDS
from payments.sandbox.errors import Json
from payments.sandbox.money import whole_unit

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f4f1;color:#1a1a1a}
.banner{background:#7a3d00;color:#fff;padding:.75rem 1rem;font-weight:700;text-align:center}
main{max-width:34rem;margin:2rem auto;padding:1.5rem;background:#fff;border-radius:.5rem}
label{display:block;margin:.75rem 0 .25rem}input[type=text]{width:100%;padding:.6rem;font:inherit;box-sizing:border-box}
button{font:inherit;font-weight:600;padding:.7rem 1.2rem;margin:1rem .5rem 0 0;border:0;border-radius:.35rem;
background:#1f5f3f;color:#fff}button.plain{background:#5a5a5a}
.error{background:#fdecea;color:#8a1c12;padding:.75rem;border-radius:.35rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .5rem;border-bottom:1px solid #ddd;
overflow-wrap:anywhere}
"""


def page(title: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · payment sandbox</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f'<style>{STYLE}</style></head><body><p class="banner" role="note" style="margin:0">'
        "SANDBOX: no real money, no real card. Never type a real card number here.</p>"
        f"<main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )


def amount_text(amount: int, currency: str) -> str:
    """`12.50 EUR`, `1250 JPY`, `1.250 KWD`."""
    unit = whole_unit(currency)
    decimals = len(str(unit)) - 1
    return f"{amount / unit:.{decimals}f} {currency.upper()}"


def pay_page(intent: Json, saved: list[Json], *, return_url: str, error: str = "") -> str:
    """The stand-in for the Payment Element: a saved card or a number, and where to go afterwards."""
    paying = intent["object"] == "payment_intent"
    act = f"Pay {amount_text(intent['amount'], intent['currency'])}" if paying else "Save this card"
    alert = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    keep = (
        '<label><input type="checkbox" name="save" value="true"> Save this card for later</label>'
        if paying and intent["customer"]
        else ""
    )
    return page(
        act,
        f'{alert}<form method="post"><input type="hidden" name="return_url" value="{escape(return_url)}">'
        f'{_saved_cards(saved)}<label for="number">Card number</label>'
        '<input type="text" id="number" name="number" inputmode="numeric" autocomplete="off"'
        ' placeholder="4242 4242 4242 4242">'
        '<label for="expiry">Expires (MM/YY)</label><input type="text" id="expiry" name="expiry" value="12/34">'
        '<label for="cvc">Security code</label><input type="text" id="cvc" name="cvc" value="123">'
        f'{keep}<button type="submit">{escape(act)}</button></form>{_card_table()}',
    )


def challenge_page(intent: Json) -> str:
    what = (
        amount_text(intent["amount"], intent["currency"])
        if intent["object"] == "payment_intent"
        else "saving a card"
    )
    return page(
        "Your bank asks: is this you?",
        f"<p>3-D Secure test page for {escape(what)}.</p>"
        '<form method="post"><button name="answer" value="complete">Complete authentication</button>'
        '<button class="plain" name="answer" value="fail">Fail authentication</button></form>',
    )


def onboarding_page(account: Json) -> str:
    return page(
        "Connect your business",
        f"<p>Test onboarding of account {escape(account['id'])} ({escape(account['country'])}).</p>"
        '<form method="post"><button name="answer" value="complete">Fill in everything and finish</button>'
        '<button class="plain" name="answer" value="later">Save for later</button></form>',
    )


def invoice_page(invoice: Json) -> str:
    """What stands in for Stripe's hosted invoice: its lines, its total, and whether it is paid."""
    lines = "".join(
        f"<tr><td>{escape(line['description'])}</td><td>{_amount(line)}</td></tr>"
        for line in invoice["lines"]["data"]
    )
    total = f"<tr><th>Total</th><th>{_amount({**invoice, 'amount': invoice['total']})}</th></tr>"
    number, status = escape(invoice["number"]), escape(invoice["status"])
    return page(f"Invoice {number}", f"<p>{status}</p><table>{lines}{total}</table>")


def _amount(item: Json) -> str:
    return f"{item['amount'] / whole_unit(item['currency']):.2f} {item['currency'].upper()}"


def message_page(title: str, message: str) -> str:
    return page(title, f"<p>{escape(message)}</p>")


def front_page(events: list[Json], url: str) -> str:
    rows = "".join(
        f"<tr><td>{escape(event['type'])}</td><td>{escape(str(event['data']['object'].get('id', '')))}</td></tr>"
        for event in events
    )
    return page(
        "Stripe-compatible sandbox",
        f"<p>The API is at <code>{escape(url)}/v1</code>, control at <code>/_sandbox</code> (docs/sandbox.md).</p>"
        f"{_card_table()}<h2>Latest events</h2><table><tr><th>Event</th><th>Object</th></tr>{rows}</table>",
    )


def _saved_cards(saved: list[Json]) -> str:
    return "".join(
        f'<label><input type="radio" name="payment_method" value="{escape(method["id"])}"> '
        f"{escape(method['card']['brand'])} ending in {escape(method['card']['last4'])}</label>"
        for method in saved
    )


def _card_table() -> str:
    rows = "".join(f"<tr><td>{card.number}</td><td>{_meaning(card.token)}</td></tr>" for card in CARDS)
    return f"<h2>Test cards</h2><table><tr><th>Number</th><th>Stripe's name</th></tr>{rows}</table>"


def _meaning(token: str) -> str:
    return escape(f"pm_card_{token}")
