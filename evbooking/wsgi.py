"""The web process, pages and API: `granian --interface wsgi evbooking.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evbooking.settings")
application = get_wsgi_application()

# All pages are loaded before the first request, and what is loaded stays: the collector need not look through it
# again and again, which took a sixth of a checkout's CPU.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()
