"""What must not change does not change: ledger and documents at all, of payments and refunds what was asked."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION payments_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: book the opposite', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ledger_transaction_immutable BEFORE UPDATE OR DELETE ON payments_ledgertransaction
    FOR EACH ROW EXECUTE FUNCTION payments_refuse_change();
CREATE TRIGGER ledger_entry_immutable BEFORE UPDATE OR DELETE ON payments_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION payments_refuse_change();
CREATE TRIGGER document_immutable BEFORE UPDATE OR DELETE ON payments_document
    FOR EACH ROW EXECUTE FUNCTION payments_refuse_change();
CREATE TRIGGER payment_stays BEFORE DELETE ON payments_payment
    FOR EACH ROW EXECUTE FUNCTION payments_refuse_change();
CREATE TRIGGER refund_stays BEFORE DELETE ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_refuse_change();
CREATE TRIGGER refund_amount_stays BEFORE UPDATE OF payment_id, amount, currency ON payments_refund
    FOR EACH ROW WHEN (OLD.payment_id <> NEW.payment_id OR OLD.amount <> NEW.amount OR OLD.currency <> NEW.currency)
    EXECUTE FUNCTION payments_refuse_change();
CREATE TRIGGER dispute_stays BEFORE DELETE ON payments_dispute
    FOR EACH ROW EXECUTE FUNCTION payments_refuse_change();
CREATE TRIGGER payout_stays BEFORE DELETE ON payments_payout
    FOR EACH ROW EXECUTE FUNCTION payments_refuse_change();
CREATE TRIGGER payout_amount_stays BEFORE UPDATE OF account_id, amount, currency ON payments_payout
    FOR EACH ROW WHEN (OLD.account_id <> NEW.account_id OR OLD.amount <> NEW.amount OR OLD.currency <> NEW.currency)
    EXECUTE FUNCTION payments_refuse_change();

CREATE FUNCTION payments_ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM payments_ledgerentry WHERE transaction_id = NEW.transaction_id
               GROUP BY currency HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'ledger transaction % is not balanced', NEW.transaction_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON payments_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_ledger_balanced();
"""
BACKWARD = """
DROP TRIGGER ledger_transaction_immutable ON payments_ledgertransaction;
DROP TRIGGER ledger_entry_immutable ON payments_ledgerentry;
DROP TRIGGER document_immutable ON payments_document;
DROP TRIGGER payment_stays ON payments_payment;
DROP TRIGGER refund_stays ON payments_refund;
DROP TRIGGER refund_amount_stays ON payments_refund;
DROP TRIGGER dispute_stays ON payments_dispute;
DROP TRIGGER payout_stays ON payments_payout;
DROP TRIGGER payout_amount_stays ON payments_payout;
DROP TRIGGER ledger_balanced ON payments_ledgerentry;
DROP FUNCTION payments_ledger_balanced();
DROP FUNCTION payments_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
