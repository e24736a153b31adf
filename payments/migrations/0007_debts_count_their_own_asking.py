from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0006_paid_afterwards"),
    ]

    operations = [
        migrations.AddField(
            model_name="bookingaccount",
            name="asked",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="how often the driver was asked for what they owe"
            ),
        ),
        migrations.RunSQL(
            "UPDATE payments_bookingaccount SET asked = attempts WHERE state = 'UNPAID'",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="bookingaccount",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, help_text="to settle, in vain"),
        ),
    ]
