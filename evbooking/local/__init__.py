"""The local launcher: PostgreSQL, Redis and every process of evbooking on one Linux machine.

``python -m evbooking.local --help`` lists its commands; the Makefile is its usual caller.
"""
