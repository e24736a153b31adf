"""Recommending slots: candidates from what is free, ranked through the SlotRanker port."""
