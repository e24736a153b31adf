"""The learned recommender and the forecast on a live installation: plain values in, plain values out, no database."""
