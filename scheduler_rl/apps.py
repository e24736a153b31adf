from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SchedulerRlConfig(AppConfig):
    name = "scheduler_rl"

    def ready(self) -> None:
        """What is shipped becomes a version after each migration."""
        from scheduler_rl.services.shipped import after_migrate

        post_migrate.connect(after_migrate, sender=self)
