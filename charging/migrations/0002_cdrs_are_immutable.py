"""A CDR is never changed or removed: a wrong one is credited by another."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION charging_cdr_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of a CDR is refused: credit it', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER cdr_immutable BEFORE UPDATE OR DELETE ON charging_cdr
    FOR EACH ROW EXECUTE FUNCTION charging_cdr_refuse();
"""
BACKWARD = """
DROP TRIGGER cdr_immutable ON charging_cdr;
DROP FUNCTION charging_cdr_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("charging", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
