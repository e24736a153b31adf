"""The books of generated bills: each was paid at the charger, as payments.ledger would have written it, set by set."""

# ruff: noqa: S608 - every value is a parameter, the text is only put together from constants
from typing import Final

from django.db import connection

from charging.models import CDR

_KINDS: Final = " ".join(f"WHEN '{kind}' THEN '{label}'" for kind, label in CDR.Kind.choices)
_TRANSACTIONS: Final = f"""
INSERT INTO payments_ledgertransaction (id, key, kind, occurred_at, description, booking_reference)
SELECT gen_random_uuid(), said.prefix || c.id, said.kind, c.issued_at,
       CASE said.kind WHEN 'BILL' THEN 'Bill of a ' || CASE c.kind {_KINDS} END ELSE 'Paid at the charger' END,
       coalesce(c.booking_reference, '')
FROM charging_cdr c CROSS JOIN (VALUES ('BILL', 'bill:'), ('ON_SITE', 'on-site:')) AS said (kind, prefix)
WHERE c.total_after_taxes <> 0 AND c.credit_of_id IS NULL AND NOT EXISTS (
    SELECT 1 FROM payments_bookingaccount a JOIN bookings_booking b ON b.id = a.booking_id
    WHERE b.reference = c.booking_reference)
ON CONFLICT (key) DO NOTHING
RETURNING id, key, kind
"""
# debit positive: a bill is owed by the driver to the operator and, its VAT, to the tax office; then paid on the spot
_ENTRIES: Final = f"""
WITH booked AS ({_TRANSACTIONS})
INSERT INTO payments_ledgerentry (transaction_id, account, operator_id, driver_id, station_id, amount, currency)
SELECT b.id, part.account, s.operator_id, c.driver_id, c.station_id,
       CASE b.kind WHEN 'BILL' THEN part.amount ELSE -part.amount END, c.currency
FROM booked b
JOIN charging_cdr c ON c.id = split_part(b.key, ':', 2)::uuid
JOIN stations_station s ON s.id = c.station_id
CROSS JOIN LATERAL (VALUES
    ('DRIVER_RECEIVABLE', c.total_after_taxes),
    ('OPERATOR_PAYABLE', c.total_taxes - c.total_after_taxes),
    ('TAX', -c.total_taxes)
) AS part (account, amount)
WHERE part.amount <> 0
"""


def book_generated_bills() -> int:
    """Book every bill that is not yet booked and not paid online as paid at the charger; returns how many entries."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES)
        return int(cursor.rowcount)
