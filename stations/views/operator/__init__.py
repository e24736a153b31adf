"""Pages on which an operator's people run their stations, below /operator/."""
