"""Events arrive signed and retried; and late, twice, out of order or never when a test asks for it."""

import json

import pytest
import stripe

from payments.sandbox.tests.running import SECRET, Receiver, Running
from payments.sandbox.tests.test_contract import pay

PAID = ["payment_intent.created", "payment_intent.succeeded", "charge.succeeded"]


def test_events_are_signed_so_that_stripes_own_library_accepts_them(own: Running, receiver: Receiver) -> None:
    customer = own.client().v1.customers.create({"email": "dana@example.com"})
    own.control("deliveries/flush")
    (body, signature), *rest = receiver.got
    event = stripe.Webhook.construct_event(body, signature, SECRET)
    assert (event.type, event.data.object.id, rest) == ("customer.created", customer.id, [])
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signature, "whsec_other")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", signature, SECRET)


def test_events_come_in_order_and_can_be_read_again(own: Running, receiver: Receiver) -> None:
    pay(own.client(), "pm_card_visa")
    own.control("deliveries/flush")
    assert receiver.types() == PAID
    listed = own.client().v1.events.list({"type": "payment_intent.succeeded"}).data
    assert [event.id for event in listed] == [receiver.ids()[1]]
    own.control(f"events/{listed[0].id}/resend")
    own.control("deliveries/flush")
    assert receiver.ids()[-1] == listed[0].id


def test_an_endpoint_that_fails_is_asked_again(own: Running, receiver: Receiver) -> None:
    receiver.answers = [500]
    own.client().v1.customers.create({})
    tried = own.control("deliveries/flush")["data"]
    assert [(each["answer"], each["state"]) for each in tried] == [("500", "waiting")]
    assert own.control("deliveries/flush")["data"] == []
    assert [each["state"] for each in own.control("deliveries/flush?all=true")["data"]] == ["delivered"]
    assert len(receiver.got) == 2
    assert receiver.ids()[0] == receiver.ids()[1]


def test_an_event_comes_twice(own: Running, receiver: Receiver) -> None:
    own.control("faults", target="webhook", kind="twice", match="payment_intent.succeeded")
    pay(own.client(), "pm_card_visa")
    own.control("deliveries/flush")
    assert sorted(receiver.types()) == sorted([*PAID, "payment_intent.succeeded"])
    assert len(set(receiver.ids())) == 3


def test_an_event_is_lost_but_listed(own: Running, receiver: Receiver) -> None:
    own.control("faults", target="webhook", kind="lose", match="payment_intent.succeeded")
    pay(own.client(), "pm_card_visa")
    own.control("deliveries/flush")
    assert receiver.types() == ["payment_intent.created", "charge.succeeded"]
    assert len(own.client().v1.events.list({"type": "payment_intent.succeeded"}).data) == 1


def test_events_come_in_reverse(own: Running, receiver: Receiver) -> None:
    own.control("faults", target="webhook", kind="reorder", times=3)
    pay(own.client(), "pm_card_visa")
    own.control("deliveries/flush")
    assert receiver.types() == PAID[::-1]


def test_an_event_comes_late(own: Running, receiver: Receiver) -> None:
    own.control("faults", target="webhook", kind="late", seconds=3600, match="payment_intent.created")
    pay(own.client(), "pm_card_visa")
    own.control("deliveries/flush")
    assert receiver.types() == PAID[1:]
    own.control("deliveries/flush?all=true")
    assert receiver.types() == [*PAID[1:], PAID[0]]


def test_an_event_of_a_connected_account_names_it(own: Running, receiver: Receiver) -> None:
    account = own.client().v1.accounts.create({"country": "DE"})
    own.control("deliveries/flush")
    event = json.loads(receiver.got[0][0])
    assert (event["type"], event["account"]) == ("account.updated", account.id)


def test_a_refused_request_tells_nobody(own: Running, receiver: Receiver) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        own.client().v1.payment_intents.create({"amount": 1, "currency": "eur"})
    own.control("deliveries/flush")
    assert receiver.got == []
