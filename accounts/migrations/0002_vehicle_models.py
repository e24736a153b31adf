"""Fill the catalogue of common cars. A later edition of the file comes with a migration like this one."""

from django.db import migrations

from accounts.catalogue import load_catalogue


def load(apps, schema_editor):
    load_catalogue(apps.get_model("accounts", "VehicleModel"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop, elidable=True)]
