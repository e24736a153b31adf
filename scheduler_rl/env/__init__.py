"""The Gymnasium environment `evbooking/ChargingStations-v0`, registered on import."""

import gymnasium

from scheduler_rl.env.charging_stations import ChargingStationsEnv

ENV_ID = "evbooking/ChargingStations-v0"

if ENV_ID not in gymnasium.registry:
    gymnasium.register(id=ENV_ID, entry_point="scheduler_rl.env.charging_stations:ChargingStationsEnv")

__all__ = ["ENV_ID", "ChargingStationsEnv"]
