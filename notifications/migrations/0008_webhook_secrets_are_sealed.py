"""Secrets of webhooks, which lay open, are sealed; backwards they lie open again.

What is sealed here is opened by notifications.webhooks.sealing for as long as there are webhooks, so the migration
uses that module itself.
"""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from notifications.webhooks.sealing import open_secret, seal_secret


def seal_all(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for endpoint in apps.get_model("notifications", "WebhookEndpoint").objects.iterator():
        endpoint.sealed_secret = seal_secret(endpoint.pk, endpoint.secret)
        if endpoint.previous_secret:
            endpoint.sealed_previous_secret = seal_secret(endpoint.pk, endpoint.previous_secret)
        endpoint.save(update_fields=["sealed_secret", "sealed_previous_secret"])


def open_all(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for endpoint in apps.get_model("notifications", "WebhookEndpoint").objects.iterator():
        endpoint.secret = open_secret(endpoint.pk, endpoint.sealed_secret)
        if endpoint.sealed_previous_secret:
            endpoint.previous_secret = open_secret(endpoint.pk, endpoint.sealed_previous_secret)
        endpoint.save(update_fields=["secret", "previous_secret"])


class Migration(migrations.Migration):
    dependencies = [("notifications", "0007_kinds_of_series")]

    operations = [
        migrations.AddField(
            model_name="webhookendpoint",
            name="sealed_secret",
            field=models.BinaryField(default=b"", help_text="by webhooks.sealing"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="webhookendpoint",
            name="sealed_previous_secret",
            field=models.BinaryField(blank=True, default=b""),
        ),
        migrations.AlterField(
            model_name="webhookendpoint",
            name="secret",
            field=models.CharField(default="", max_length=80),
        ),
        migrations.AlterField(
            model_name="webhookendpoint",
            name="previous_secret",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.RunPython(seal_all, open_all),
        migrations.RemoveField(model_name="webhookendpoint", name="secret"),
        migrations.RemoveField(model_name="webhookendpoint", name="previous_secret"),
    ]
