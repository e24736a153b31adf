"""Pages on which administrators decide, below /console/."""
