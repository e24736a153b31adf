"""One module per family of Stripe objects; each ends with its ROUTES."""
