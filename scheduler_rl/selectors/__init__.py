"""Reading the record of the recommender."""

from scheduler_rl.selectors.versions import active_version, candidate_version, content_of, experiment

__all__ = ["active_version", "candidate_version", "content_of", "experiment"]
