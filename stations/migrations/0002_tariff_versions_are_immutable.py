"""A tariff version never changes: bookings are billed by the version they accepted."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION stations_tariffversion_refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a tariff version is immutable: add the next one';
END $$;
CREATE TRIGGER tariffversion_immutable BEFORE UPDATE OF tariff_id, number, document, created_at
    ON stations_tariffversion FOR EACH ROW EXECUTE FUNCTION stations_tariffversion_refuse_update();
"""
BACKWARD = """
DROP TRIGGER tariffversion_immutable ON stations_tariffversion;
DROP FUNCTION stations_tariffversion_refuse_update();
"""


class Migration(migrations.Migration):
    dependencies = [("stations", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
