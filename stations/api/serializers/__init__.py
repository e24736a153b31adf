"""Shapes of stations as their operators and administrators write and read them."""
