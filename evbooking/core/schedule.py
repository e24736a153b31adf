"""What beat runs, and how often: one table, so that an operator of the installation sees all of it at once."""

from typing import Any

from celery.schedules import crontab

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "relay-events": {"task": "evbooking.core.tasks.relay_events", "schedule": 15.0},
    "prune-events": {"task": "evbooking.core.tasks.prune_events", "schedule": 3600.0},
    "seal-audit": {"task": "evbooking.core.tasks.seal_audit", "schedule": 60.0},
    "forget-idempotency-keys": {"task": "evbooking.core.tasks.forget_idempotency_keys", "schedule": 3600.0},
    "expire-holds": {"task": "bookings.tasks.expire_holds", "schedule": 15.0},
    "advance-bookings": {"task": "bookings.tasks.advance_bookings", "schedule": 30.0},
    "advance-waitlist": {"task": "bookings.tasks.advance_waitlist", "schedule": 30.0},
    "book-later-dates": {"task": "bookings.tasks.book_later_dates", "schedule": 60.0},
    "tell-statuses": {"task": "bookings.tasks.tell_statuses", "schedule": 15.0},
    "process-stripe-events": {"task": "payments.tasks.process_stripe_events", "schedule": 15.0},
    "sweep-holds": {"task": "payments.tasks.sweep_holds", "schedule": 15.0},
    "sweep-payments": {"task": "payments.tasks.sweep_payments", "schedule": 60.0},
    "authorise-cards": {"task": "payments.tasks.authorise_cards", "schedule": 300.0},
    "settle-accounts": {"task": "payments.tasks.settle_accounts", "schedule": 30.0},
    "follow-disputes": {"task": "payments.tasks.follow_disputes", "schedule": 3600.0},
    "check-ledger": {"task": "payments.tasks.check_books", "schedule": crontab(hour="2", minute="30")},
    "clear-sessions": {"task": "accounts.tasks.clear_sessions", "schedule": 86400.0},
    "say-what-the-clock-says": {
        "task": "notifications.tasks.say_what_the_clock_says",
        "schedule": 20.0,
    },
    "look-at-watches": {"task": "notifications.tasks.look_at_watches", "schedule": 60.0},
    "forget-old-messages": {"task": "notifications.tasks.forget_old_messages", "schedule": 86400.0},
    "send-messages": {"task": "notifications.tasks.send_messages", "schedule": 30.0},
    "pay-out-operators": {
        "task": "payments.tasks.pay_out_operators",
        "schedule": crontab(hour="4", minute="0", day_of_week="monday"),
    },
    "follow-operators": {"task": "payments.tasks.follow_operators", "schedule": 600.0},
    "settle-decisions": {"task": "scheduler_rl.tasks.settle_decisions", "schedule": 600.0},
    "refit-outlooks": {
        "task": "scheduler_rl.tasks.refit_outlooks",
        "schedule": crontab(hour="1", minute="20"),
    },
    "train-ranker": {
        "task": "scheduler_rl.tasks.train_ranker",
        "schedule": crontab(hour="2", minute="50", day_of_week="sunday"),
    },
}
