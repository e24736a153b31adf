"""The learned recommender: worlds, the simulation kernel, policies, training, evaluation and forecasts.

Nothing here imports Django except what the installation itself needs (docs/architecture.md); torch and
stable_baselines3 are imported by `scheduler_rl.training` alone.
"""
