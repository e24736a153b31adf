"""Invoices, credit notes and receipts: gap-free numbers, lines that add up, and who may read them."""

import threading
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from pypdf import PdfReader

from accounts.models import User
from charging.models import CDR
from charging.services.bills import credit_cdr
from evbooking.core.relay import relay
from payments.documents.pdf import render
from payments.models import BookingAccount, Document, DocumentSeries, OperatorAccount, Payment, Refund
from payments.services.documents import issue_for_cdr, issue_receipt
from payments.tests.bills import END, START, billed_visit
from payments.tests.ledger.making import refunded
from stations.models import Station
from tests.factories import make_operator, make_station

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def visit(station: Station, driver: User) -> tuple[BookingAccount, CDR]:
    OperatorAccount.objects.create(
        operator=station.operator,
        code="NORD",
        legal_name="Nordstrom Charging GmbH",
        street="Große Straße 1",
        postal_code="20095",
        city="Hamburg",
        country="DE",
        vat_id="DE123456789",
        created_at=START,
        last_updated=START,
    )
    return billed_visit(station.evses.earliest("uid"), driver)


def text_of(document: Document) -> str:
    pages = PdfReader(BytesIO(render(document))).pages
    return "\n".join(page.extract_text() for page in pages)


def pay(account: BookingAccount, amount: str) -> Payment:
    return Payment.objects.create(
        account=account,
        driver=account.booking.driver,
        kind=Payment.Kind.AUTHORISATION,
        purpose=Payment.Purpose.CHECKOUT,
        status=Payment.Status.CAPTURED,
        currency="EUR",
        amount=Decimal(amount),
        captured_amount=Decimal(amount),
        card="Visa ···· 4242",
        created_at=START - DAY,
        captured_at=END,
        last_updated=END,
    )


def test_an_invoice_shows_seller_buyer_lines_and_vat_that_add_up(visit: tuple[BookingAccount, CDR]) -> None:
    document = issue_for_cdr(visit[1], now=END)
    assert document is not None
    assert (document.number, document.total, document.currency) == (
        "NORD-2026-000001",
        Decimal("5.50"),
        "EUR",
    )
    text = text_of(document)
    for words in (
        "Nordstrom Charging GmbH",
        "Große Straße 1",
        "DE123456789",
        "Dana Driver",
        "NORD-2026-000001",
    ):
        assert words in text
    assert "4.62 EUR" in text and "0.88 EUR" in text and "5.50 EUR" in text
    assert "Tue 01 Dec 2026 09:00–10:00 (Europe/Berlin)" in text


def test_the_same_document_gives_the_same_bytes(visit: tuple[BookingAccount, CDR]) -> None:
    document = issue_for_cdr(visit[1], now=END)
    assert document is not None
    assert render(document) == render(Document.objects.get(pk=document.pk))


def test_a_bill_has_one_invoice(visit: tuple[BookingAccount, CDR]) -> None:
    first, again = issue_for_cdr(visit[1], now=END), issue_for_cdr(visit[1], now=END + DAY)
    assert first == again
    assert Document.objects.count() == 1


def test_a_credit_note_names_the_invoice_it_takes_back(visit: tuple[BookingAccount, CDR]) -> None:
    cdr = visit[1]
    credit = credit_cdr(cdr, reason="Charger was broken", actor=None, now=END + DAY)
    note = issue_for_cdr(credit, now=END + DAY)
    assert note is not None
    assert (note.number, note.total) == ("NORD-2026-C000001", Decimal("-5.50"))
    assert Document.objects.get(kind=Document.Kind.INVOICE).number == "NORD-2026-000001"
    text = text_of(note)
    assert "Takes back NORD-2026-000001" in text and "−5.50 EUR" in text and "Charger was broken" in text


def test_a_receipt_shows_what_was_paid(visit: tuple[BookingAccount, CDR]) -> None:
    account = visit[0]
    pay(account, "5.50")
    receipt = issue_receipt(account, now=END)
    assert receipt is not None
    assert (receipt.number, receipt.total) == ("NORD-2026-R000001", Decimal("5.50"))
    text = text_of(receipt)
    assert "Visa ···· 4242" in text and "For invoice NORD-2026-000001" in text and "Paid in all" in text


def test_a_booking_that_nothing_was_paid_for_has_no_receipt(visit: tuple[BookingAccount, CDR]) -> None:
    assert issue_receipt(visit[0], now=END) is None
    assert not Document.objects.exists()


def test_each_operator_and_year_counts_alone(visit: tuple[BookingAccount, CDR], driver: User) -> None:
    other = make_station(make_operator("Other"))
    _, theirs = billed_visit(other.evses.get(), driver)
    _, next_year = billed_visit(visit[1].station.evses.latest("uid"), driver, start=START + 40 * DAY)
    made = [
        issue_for_cdr(visit[1], now=END),
        issue_for_cdr(theirs, now=END),
        issue_for_cdr(next_year, now=END + 40 * DAY),
    ]
    assert [document and (document.year, document.sequence) for document in made] == [
        (2026, 1),
        (2026, 1),
        (2027, 1),
    ]


def test_the_year_is_that_of_the_site(visit: tuple[BookingAccount, CDR]) -> None:
    document = issue_for_cdr(visit[1], now=START.replace(month=12, day=31, hour=23, minute=30))
    assert document is not None and document.year == 2027  # half past midnight in Hamburg


def test_a_document_never_changes(visit: tuple[BookingAccount, CDR]) -> None:
    document = issue_for_cdr(visit[1], now=END)
    assert document is not None
    for change in (Document.objects.filter(pk=document.pk).delete, lambda: Document.objects.update(total=1)):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    document.refresh_from_db()
    assert document.total == Decimal("5.50")


def test_names_that_look_like_markup_are_printed_as_they_are(
    visit: tuple[BookingAccount, CDR], driver: User
) -> None:
    User.objects.filter(pk=driver.pk).update(name="<b>Łukasz</b> & Ωmega Иван" + "x" * 60)
    visit[1].refresh_from_db()
    document = issue_for_cdr(CDR.objects.get(pk=visit[1].pk), now=END)
    assert document is not None
    assert "<b>Łukasz</b> & Ωmega Иван" in text_of(document).replace("\n", "")


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_when_many_issue_at_once_and_some_fail(station: Station, driver: User) -> None:
    evse = station.evses.earliest("uid")
    cdrs = [billed_visit(evse, driver, start=START + n * DAY)[1] for n in range(8)]
    failures: list[BaseException] = []

    def issue(at: int) -> None:
        try:
            with transaction.atomic():
                issue_for_cdr(cdrs[at], now=END)
                if at % 3 == 0:
                    raise InterruptedError
        except InterruptedError as error:
            failures.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=issue, args=(at,)) for at in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(failures) == 3
    assert sorted(Document.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]
    assert DocumentSeries.objects.get().last == 5


@pytest.mark.django_db(transaction=True)
def test_two_who_issue_for_one_bill_issue_one_document(station: Station, driver: User) -> None:
    _, cdr = billed_visit(station.evses.earliest("uid"), driver)
    start = threading.Barrier(2)

    def issue() -> None:
        start.wait()
        issue_for_cdr(cdr, now=END)
        connection.close()

    workers = [threading.Thread(target=issue) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Document.objects.get().sequence == 1


def test_the_relay_issues_the_invoice_of_a_booking_paid_online(visit: tuple[BookingAccount, CDR]) -> None:
    relay()
    assert Document.objects.get().cdr == visit[1]


def test_what_is_paid_at_the_charger_gets_no_invoice(visit: tuple[BookingAccount, CDR]) -> None:
    visit[0].delete()
    relay()
    assert not Document.objects.exists()


class TestApi:
    @pytest.fixture
    def document(self, visit: tuple[BookingAccount, CDR]) -> Document:
        document = issue_for_cdr(visit[1], now=END)
        assert document is not None
        return document

    def test_the_driver_lists_and_reads_it(self, api: Any, driver: User, document: Document) -> None:
        listed = api(driver).get("/api/v1/documents").json()["results"]
        assert listed == [
            {
                "number": "NORD-2026-000001",
                "kind": "INVOICE",
                "booking": document.booking_reference,
                "total": {"amount": "5.50", "currency": "EUR"},
                "issued_at": "2026-12-01T09:00:00Z",
                "pdf": "/api/v1/documents/NORD-2026-000001.pdf",
            }
        ]
        answer = api(driver).get(listed[0]["pdf"])
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-")

    def test_the_owner_reads_it_and_others_find_nothing(
        self, api: Any, owner: User, staff: User, rival: User, stranger: User, document: Document
    ) -> None:
        path = f"/api/v1/documents/{document.number}.pdf"
        found = [api(person).get(path).status_code for person in (owner, staff, rival, stranger)]
        assert found == [200, 404, 404, 404]

    def test_a_session_leads_to_its_receipt(
        self, api: Any, driver: User, stranger: User, visit: tuple[BookingAccount, CDR], document: Document
    ) -> None:
        path = f"/api/v1/sessions/{visit[1].session_id}/receipt.pdf"
        assert api(driver).get(path).status_code == 200
        assert api(stranger).get(path).status_code == 404
        assert api(driver).get("/api/v1/sessions/nonsense/receipt.pdf").status_code == 404


def test_a_receipt_names_what_is_on_its_way_back_too_so_that_it_adds_up(
    visit: tuple[BookingAccount, CDR],
) -> None:
    account = visit[0]
    paid = pay(account, "6.60")
    refunded(paid, "1.10", status=Refund.Status.PENDING, stripe_id="re_1")
    refunded(paid, "1.10", status=Refund.Status.FAILED, stripe_id="re_2")
    receipt = issue_receipt(account, now=END)
    assert receipt is not None
    assert (receipt.total, len(receipt.content["money"])) == (Decimal("5.50"), 2)
