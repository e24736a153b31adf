from functools import partial

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SchedulerRlConfig(AppConfig):
    name = "scheduler_rl"

    def ready(self) -> None:
        """What is shipped becomes a version after each migration; the active ones rank slots and forecast."""
        from bookings.ports import use_demand_forecaster, use_forecaster, use_ranker, use_trials
        from scheduler_rl.forecasters import LiveForecaster, OutlookDemand
        from scheduler_rl.rankers import DQNRanker, OneVersion
        from scheduler_rl.services.shipped import after_migrate
        from scheduler_rl.services.trial import Trials

        ranker = DQNRanker()
        use_ranker(ranker)
        use_forecaster(LiveForecaster())
        use_demand_forecaster(OutlookDemand())
        use_trials(Trials(partial(OneVersion, ranker)))

        post_migrate.connect(after_migrate, sender=self)
