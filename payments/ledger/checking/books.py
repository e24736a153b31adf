"""The books against themselves and against the rows they were written for, in SQL."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db import connection

from payments.ledger.checking.difference import Difference

# Each asks for (subject, what should be, what is); %(settled)s: up to when what is asynchronous has arrived.
_UNBALANCED: Final = """
    SELECT t.key, '0', sum(e.amount) || ' ' || e.currency
    FROM payments_ledgerentry e JOIN payments_ledgertransaction t ON t.id = e.transaction_id
    GROUP BY t.key, e.currency HAVING sum(e.amount) <> 0
"""
_BILLS: Final = """
    SELECT 'bill:' || c.id, c.total_after_taxes || ' with ' || c.total_taxes || ' VAT',
           b.total || ' with ' || b.tax || ' VAT'
    FROM charging_cdr c CROSS JOIN LATERAL (
        SELECT coalesce(sum(e.amount) FILTER (WHERE e.account = 'DRIVER_RECEIVABLE'), 0) AS total,
               coalesce(-sum(e.amount) FILTER (WHERE e.account = 'TAX'), 0) AS tax
        FROM payments_ledgertransaction t JOIN payments_ledgerentry e ON e.transaction_id = t.id
        WHERE t.key = 'bill:' || c.id AND e.currency = c.currency
    ) b WHERE c.issued_at < %(settled)s AND (b.total, b.tax) <> (c.total_after_taxes, c.total_taxes)
"""
_WITHOUT_CAUSE: Final = """
    SELECT t.key, 'what it was booked for', 'nothing'
    FROM payments_ledgertransaction t LEFT JOIN (
        SELECT 'BILL' AS kind, id::text FROM charging_cdr
        UNION ALL SELECT 'ON_SITE', id::text FROM charging_cdr
        UNION ALL SELECT 'CAPTURE', id::text FROM payments_payment
        UNION ALL SELECT 'REFUND', id::text FROM payments_refund
        UNION ALL SELECT 'DISPUTE', stripe_id FROM payments_dispute
        UNION ALL SELECT 'PAYOUT', id::text FROM payments_payout
    ) cause ON cause.kind = t.kind AND cause.id = split_part(t.key, ':', 2)
    WHERE t.kind IN ('BILL', 'ON_SITE', 'CAPTURE', 'REFUND', 'DISPUTE', 'PAYOUT') AND cause.id IS NULL
"""
_CAPTURES: Final = """
    SELECT 'capture:' || r.id, r.captured_amount, coalesce(sum(e.amount), 0)
    FROM payments_payment r LEFT JOIN payments_ledgertransaction t ON t.key = 'capture:' || r.id
    LEFT JOIN payments_ledgerentry e
      ON e.transaction_id = t.id AND e.account = 'STRIPE_BALANCE' AND e.currency = r.currency
    GROUP BY r.id HAVING coalesce(sum(e.amount), 0) <> r.captured_amount
"""
_REFUNDS: Final = """
    SELECT 'refund:' || r.id, r.amount || ' ' || r.status, coalesce(-sum(e.amount), 0)
    FROM payments_refund r LEFT JOIN payments_ledgertransaction t
      ON t.key IN ('refund:' || r.id, 'refund:' || r.id || ':failed')
    LEFT JOIN payments_ledgerentry e
      ON e.transaction_id = t.id AND e.account = 'STRIPE_BALANCE' AND e.currency = r.currency
    GROUP BY r.id HAVING CASE r.status
        WHEN 'SUCCEEDED' THEN coalesce(-sum(e.amount), 0) <> r.amount
        WHEN 'PENDING' THEN coalesce(-sum(e.amount), 0) NOT IN (0, r.amount)
        ELSE coalesce(sum(e.amount), 0) <> 0 END
"""
_DISPUTES: Final = """
    SELECT 'dispute:' || r.stripe_id, r.amount || ' ' || r.status, coalesce(sum(e.amount), 0)
    FROM payments_dispute r LEFT JOIN payments_ledgertransaction t
      ON t.key IN ('dispute:' || r.stripe_id || ':opened', 'dispute:' || r.stripe_id || ':won',
                   'dispute:' || r.stripe_id || ':lost')
    LEFT JOIN payments_ledgerentry e
      ON e.transaction_id = t.id AND e.account = 'DISPUTED' AND e.currency = r.currency
    GROUP BY r.id HAVING CASE
        WHEN r.status IN ('WON', 'LOST') THEN coalesce(sum(e.amount), 0) <> 0
        ELSE sum(e.amount) <> r.amount END
"""  # a bank that only asks takes nothing yet; whether it has is compared with Stripe's balance
_PAYOUTS: Final = """
    SELECT 'payout:' || r.id, r.amount || ' ' || r.status, coalesce(-sum(e.amount), 0)
    FROM payments_payout r LEFT JOIN payments_ledgertransaction t
      ON t.key IN ('payout:' || r.id, 'payout:' || r.id || ':failed')
    LEFT JOIN payments_ledgerentry e
      ON e.transaction_id = t.id AND e.account = 'OPERATOR_BALANCE' AND e.currency = r.currency
    GROUP BY r.id HAVING CASE
        WHEN r.status IN ('PAID', 'IN_TRANSIT') THEN coalesce(-sum(e.amount), 0) <> r.amount
        WHEN r.status = 'PENDING' THEN coalesce(-sum(e.amount), 0) NOT IN (0, r.amount)
        ELSE coalesce(sum(e.amount), 0) <> 0 END
"""
_SETTLED: Final = """
    SELECT b.reference, '0 owed', sum(e.amount) || ' ' || e.currency
    FROM payments_bookingaccount a JOIN bookings_booking b ON b.id = a.booking_id
    JOIN payments_ledgertransaction t ON t.booking_reference = b.reference
    JOIN payments_ledgerentry e ON e.transaction_id = t.id AND e.account = 'DRIVER_RECEIVABLE'
    WHERE a.state = 'SETTLED' AND a.settled_at < %(settled)s
    GROUP BY b.reference, e.currency HAVING sum(e.amount) <> 0
"""
_UNSECURED: Final = """
    SELECT b.reference, coalesce(a.strategy, 'security'), b.payment_status
    FROM bookings_booking b LEFT JOIN payments_bookingaccount a ON a.booking_id = b.id
    WHERE b.status = 'RESERVED' AND b.terms ->> 'payment' = 'ONLINE' AND b.total_amount > 0
      AND NOT EXISTS (
        SELECT 1 FROM payments_payment p WHERE p.account_id = b.id AND p.status = ANY (
            CASE a.strategy WHEN 'SAVE_CARD' THEN '{SAVED,AUTHORISED,CAPTURED}'::text[]
                            WHEN 'AUTHORISE' THEN '{AUTHORISED,CAPTURED}' ELSE '{CAPTURED}' END))
      AND NOT coalesce(a.strategy = 'AUTHORISE' AND a.payment_method <> ''
                       AND (a.authorise_at IS NOT NULL OR a.grace_until IS NOT NULL), false)
      AND NOT EXISTS (
        SELECT 1 FROM payments_payment p JOIN bookings_booking d ON d.id = p.account_id
        WHERE d.series_id = b.series_id AND p.purpose = 'SERIES' AND p.status = 'SAVED'
          AND p.payment_method = a.payment_method
          AND (a.strategy = 'SAVE_CARD' OR a.authorise_at IS NOT NULL OR a.grace_until IS NOT NULL))
"""  # an authorisation that lapsed before a later slot leaves its card, which is asked again in time;
# a date of a series is secured by the card that was saved for all, until that is asked for the date
CHECKS: Final = {
    "unbalanced": _UNBALANCED,
    "bill": _BILLS,
    "without_cause": _WITHOUT_CAUSE,
    "capture": _CAPTURES,
    "refund": _REFUNDS,
    "dispute": _DISPUTES,
    "payout": _PAYOUTS,
    "settled": _SETTLED,
    "unsecured": _UNSECURED,
}


def check_books(settled: datetime) -> Iterator[Difference]:
    """What does not balance, is not what its row says, has no row, or is still owed; slots without security.

    The database compares; only what differs is read.
    """
    for kind, statement in CHECKS.items():
        with connection.cursor() as cursor:
            cursor.execute(statement, {"settled": settled})
            for subject, should_be, found in cursor:
                yield Difference(kind, subject, f"should be {should_be}, is {found}")
