"""Counting a driver's open bookings costs the same however many are over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial")]
    operations = [
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                fields=["driver"],
                name="booking_open_of_driver",
                condition=models.Q(status__in=("HELD", "PENDING", "RESERVED", "FULFILLED")),
            ),
        ),
    ]
