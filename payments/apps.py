from importlib import import_module

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        """Register the checks of the settings; listen to bills and bookings; have a say in stations and accounts."""
        import_module("payments.checks")
        import_module("payments.collectors")
        import_module("payments.documents.subscribers")
        import_module("payments.ledger.subscribers")
        import_module("payments.services.intake")  # the pump of Stripe's events
        import_module("payments.services.operator_events")
        import_module("payments.services.payment_events")
        import_module("payments.services.settling_events")
        import_module("payments.rescheduling")
        from accounts import ports as accounts
        from bookings.series_cards import use_saved_cards
        from payments.guards import refuse_unpayable
        from payments.plans import refuse_beyond_plan
        from payments.services.series import secure_by_saved_card
        from stations import ports as stations

        accounts.guard_growth(refuse_beyond_plan)
        use_saved_cards(secure_by_saved_card)
        stations.guard_online_payment(refuse_unpayable)
