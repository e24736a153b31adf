"""Bills of late cancellations, and corrections that are inputs of a bill; `fee` is no longer that of a no-show alone."""

from django.db import migrations, models
from django.db.models import Q

SESSIONS = Q(kind="SESSION", session__isnull=False)
KINDS = [("SESSION", "session"), ("NO_SHOW", "no-show"), ("CANCELLATION", "late cancellation")]


class Migration(migrations.Migration):
    dependencies = [("charging", "0002_cdrs_are_immutable")]
    operations = [
        migrations.RemoveConstraint(model_name="cdr", name="cdr_no_show_has_no_session"),
        migrations.RenameField(model_name="cdr", old_name="noshow_fee", new_name="fee"),
        migrations.AlterField(
            model_name="cdr",
            name="fee",
            field=models.DecimalField(
                decimal_places=4, default=0, help_text="of the booking terms", max_digits=14
            ),
        ),
        migrations.AddField(
            model_name="cdr", name="adjustments", field=models.JSONField(default=list)
        ),
        migrations.AlterField(
            model_name="cdr", name="kind", field=models.CharField(choices=KINDS, max_length=12)
        ),
        migrations.AddConstraint(
            model_name="cdr",
            constraint=models.CheckConstraint(
                condition=SESSIONS | Q(kind__in=["NO_SHOW", "CANCELLATION"], session__isnull=True),
                name="cdr_of_a_session_has_one",
            ),
        ),
    ]
