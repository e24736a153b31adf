"""Pages of drivers: search, station, booking and what can be done with it."""
