"""How bookings and stations read: words, clocks of a site, rows and grids that templates only lay out."""
