"""`manage.py reseal_secrets`: after a change of SECRET_KEY, before the old one leaves SECRET_KEY_FALLBACKS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from notifications.services.webhooks.resealing import reseal_secrets


class Command(BaseCommand):
    help = "Seals the secrets of webhooks under today's SECRET_KEY. Exits 1, a line each, where some cannot be read."

    def handle(self, *args: Any, **options: Any) -> None:
        done = reseal_secrets(now=timezone.now())
        for endpoint_id in done.unreadable:
            self.stdout.write(
                f"Webhook {endpoint_id} cannot be read: its operator must ask for a new secret."
            )
        if done.unreadable:
            raise CommandError(f"{len(done.unreadable)} secrets cannot be read.", returncode=1)
        self.stdout.write(f"{done.sealed} webhooks are sealed under today's key.")
