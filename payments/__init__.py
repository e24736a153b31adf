"""Money: checkout, ledger, refunds and the Stripe-compatible sandbox."""
