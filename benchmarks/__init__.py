"""Benchmarks: ours against raw SQL on the same database in the same run, at the size of a country.

`make bench` (python -m benchmarks) prints the table and writes it to benchmarks/RESULTS.md.
"""
