"""API operations of the recommender for operators."""
