"""The record of the recommender and hints at prices, as pages show them."""
