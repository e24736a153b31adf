from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SchedulerRlConfig(AppConfig):
    name = "scheduler_rl"

    def ready(self) -> None:
        """What is shipped becomes a version after each migration; slots are ranked by the active one."""
        from bookings.ports import use_ranker
        from scheduler_rl.rankers import DQNRanker
        from scheduler_rl.services.shipped import after_migrate

        use_ranker(DQNRanker())

        post_migrate.connect(after_migrate, sender=self)
