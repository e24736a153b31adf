"""The simulation, vectorised over days: what can be offered, what is free, and what a choice does."""
