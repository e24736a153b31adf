"""Forecasting availability: how likely is a connector of a station free in a quarter of an hour to two days?"""
