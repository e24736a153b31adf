"""Pages: the record of the recommender for administrators, hints at prices for owners."""
