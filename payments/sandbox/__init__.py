"""A Stripe-compatible server for development and tests: no card network, no real money (docs/sandbox.md).

A process of its own, `python -m payments.sandbox`. It imports nothing of the platform, and the platform
talks to it only as it talks to Stripe: by the stripe library over HTTP.
"""
