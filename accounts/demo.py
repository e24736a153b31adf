"""The people of the demo, whose password everybody knows; they exist for EVB_DEMO=1 and for nothing else."""

DEMO_PASSWORD = "evbooking-demo"  # noqa: S105 — public on purpose, refused outside the demo
DEMO_PEOPLE = {
    "driver@example.org": "Dana Driver",
    "operator@example.org": "Otto Operator",
    "admin@example.org": "Ada Administrator",
}
