"""Django's PostgreSQL backend (settings.DATABASES) with a check of kept connections that costs no query."""
