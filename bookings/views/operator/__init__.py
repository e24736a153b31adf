"""Pages of an operator's staff: the day, all bookings, what can be done with one, how much was used."""
