"""The live process: Server-Sent Events to browsers and apps (later also the chargers' WebSockets).

It shares only PostgreSQL and Redis with the rest, so as many of it as needed run side by side.
"""
