"""Training the network: the only part that imports torch and stable_baselines3 (the `ml` extra)."""
