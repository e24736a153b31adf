"""Rows of a person's data export (`ports.add_export`)."""

from typing import Any

from django.db.models import QuerySet


def export_rows(found: QuerySet[Any], *columns: str) -> list[dict[str, Any]]:
    """These columns of each row; those of other tables are named with one underscore: `station_name`."""
    return [{name.replace("__", "_"): value for name, value in row.items()} for row in found.values(*columns)]
