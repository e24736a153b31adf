"""Entries and seals of the audit can only be added; every new entry is noted as unsealed."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION core_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the audit is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION core_audit_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core_auditunsealed (entry_id) VALUES (NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON core_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION core_audit_refuse();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON core_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION core_audit_refuse();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON core_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION core_audit_refuse();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON core_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION core_audit_refuse();
CREATE TRIGGER audit_note AFTER INSERT ON core_auditentry
    FOR EACH ROW EXECUTE FUNCTION core_audit_note();
"""

BACKWARD = """
DROP TRIGGER audit_note ON core_auditentry;
DROP TRIGGER audit_no_truncate ON core_auditseal;
DROP TRIGGER audit_append_only ON core_auditseal;
DROP TRIGGER audit_no_truncate ON core_auditentry;
DROP TRIGGER audit_append_only ON core_auditentry;
DROP FUNCTION core_audit_note();
DROP FUNCTION core_audit_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
