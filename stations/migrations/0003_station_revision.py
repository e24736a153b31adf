"""Station.revision: rises with every change of what a station offers, on whatever path it was made.

Caches of a station's offer are keyed by it and HTTP validators are built from it, so it is kept by triggers and
not by services; it comes from a sequence, so that no value returns after a rollback. What a charger reports
(reported_status, reported_at) is no part of the offer and does not count.
A change of an EVSE, a connector, the terms or the tariff also moves the station's last_updated (OCPI 2.3.0,
mod_locations: "this Location or one of its EVSEs or Connectors").
"""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

FORWARD = """
CREATE SEQUENCE stations_revision START 2;
CREATE FUNCTION stations_station_revise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := nextval('stations_revision');
    RETURN NEW;
END $$;
CREATE TRIGGER station_revise BEFORE UPDATE ON stations_station
    FOR EACH ROW EXECUTE FUNCTION stations_station_revise();

CREATE FUNCTION stations_dated_part_revise() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE part record := coalesce(NEW, OLD);
BEGIN
    UPDATE stations_station SET last_updated = greatest(last_updated, part.last_updated) WHERE id = part.station_id;
    RETURN NULL;
END $$;
CREATE TRIGGER evse_revise AFTER INSERT OR DELETE OR UPDATE OF station_id, uid, evse_id, physical_reference,
    floor_level, walk_in_only, inhibits, removed_at ON stations_evse
    FOR EACH ROW EXECUTE FUNCTION stations_dated_part_revise();
CREATE TRIGGER terms_revise AFTER INSERT OR DELETE OR UPDATE ON stations_bookingterms
    FOR EACH ROW EXECUTE FUNCTION stations_dated_part_revise();

CREATE FUNCTION stations_part_revise() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE part record := coalesce(NEW, OLD);
BEGIN
    UPDATE stations_station SET revision = revision WHERE id = part.station_id;
    RETURN NULL;
END $$;
CREATE TRIGGER closure_revise AFTER INSERT OR DELETE OR UPDATE ON stations_closure
    FOR EACH ROW EXECUTE FUNCTION stations_part_revise();
CREATE TRIGGER image_revise AFTER INSERT OR DELETE OR UPDATE ON stations_stationimage
    FOR EACH ROW EXECUTE FUNCTION stations_part_revise();
CREATE TRIGGER parkingplace_revise AFTER INSERT OR DELETE OR UPDATE ON stations_parkingplace
    FOR EACH ROW EXECUTE FUNCTION stations_part_revise();

CREATE FUNCTION stations_connector_revise() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE part record := coalesce(NEW, OLD);
BEGIN
    UPDATE stations_station SET last_updated = greatest(last_updated, part.last_updated)
        WHERE id = (SELECT station_id FROM stations_evse WHERE id = part.evse_id);
    RETURN NULL;
END $$;
CREATE TRIGGER connector_revise AFTER INSERT OR DELETE OR UPDATE ON stations_connector
    FOR EACH ROW EXECUTE FUNCTION stations_connector_revise();

CREATE FUNCTION stations_evse_places_revise() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE part record := coalesce(NEW, OLD);
BEGIN
    UPDATE stations_station SET revision = revision
        WHERE id = (SELECT station_id FROM stations_evse WHERE id = part.evse_id);
    RETURN NULL;
END $$;
CREATE TRIGGER evse_places_revise AFTER INSERT OR DELETE ON stations_evse_parking_places
    FOR EACH ROW EXECUTE FUNCTION stations_evse_places_revise();

CREATE FUNCTION stations_tariff_revise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE stations_station SET last_updated = greatest(last_updated, NEW.last_updated) WHERE tariff_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER tariff_revise AFTER UPDATE ON stations_tariff
    FOR EACH ROW EXECUTE FUNCTION stations_tariff_revise();

CREATE FUNCTION stations_operator_revise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE stations_station SET last_updated = greatest(last_updated, NEW.last_updated) WHERE operator_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER operator_revise AFTER UPDATE OF name, status ON accounts_operator
    FOR EACH ROW EXECUTE FUNCTION stations_operator_revise();

CREATE INDEX station_words ON stations_station
    USING gin ((name || ' ' || address || ' ' || city || ' ' || postal_code) gin_trgm_ops);
"""
BACKWARD = """
DROP INDEX station_words;
DROP TRIGGER operator_revise ON accounts_operator;
DROP FUNCTION stations_operator_revise();
DROP TRIGGER tariff_revise ON stations_tariff;
DROP FUNCTION stations_tariff_revise();
DROP TRIGGER evse_places_revise ON stations_evse_parking_places;
DROP FUNCTION stations_evse_places_revise();
DROP TRIGGER connector_revise ON stations_connector;
DROP FUNCTION stations_connector_revise();
DROP TRIGGER parkingplace_revise ON stations_parkingplace;
DROP TRIGGER image_revise ON stations_stationimage;
DROP TRIGGER closure_revise ON stations_closure;
DROP FUNCTION stations_part_revise();
DROP TRIGGER terms_revise ON stations_bookingterms;
DROP TRIGGER evse_revise ON stations_evse;
DROP FUNCTION stations_dated_part_revise();
DROP TRIGGER station_revise ON stations_station;
DROP FUNCTION stations_station_revise();
DROP SEQUENCE stations_revision;
"""


class Migration(migrations.Migration):
    dependencies = [("stations", "0002_tariff_versions_are_immutable"), ("accounts", "0001_initial")]
    operations = [
        migrations.AddField(
            "station",
            "revision",
            models.BigIntegerField(db_default=1, editable=False, help_text="rises with every change, by trigger"),
        ),
        TrigramExtension(),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
