"""What changes the record of the recommender."""
