"""The record of the recommender: versions and their artefacts, decisions, what stations are worth, runs."""

from scheduler_rl.models.decision import RankedDecision
from scheduler_rl.models.experiment import Experiment
from scheduler_rl.models.outlook import StationOutlook
from scheduler_rl.models.run import ModelRun
from scheduler_rl.models.version import Artefact, PolicyVersion

__all__ = ["Artefact", "Experiment", "ModelRun", "PolicyVersion", "RankedDecision", "StationOutlook"]
