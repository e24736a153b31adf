"""Comparing policies over the same days: figures, intervals, a report with plots."""
