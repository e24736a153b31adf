"""An operator's own money: payouts, statements, plan. For its owners."""
