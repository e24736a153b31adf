"""Cities and simulated days: generated, or made from files."""
