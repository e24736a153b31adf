"""Pictures of a station, checked and re-encoded on upload."""

import uuid

from django.db import models

from stations.models.station import Station


class StationImage(models.Model):
    """A picture with the words a reader hears instead of seeing it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="images")
    file = models.ImageField(upload_to="stations/%Y/%m/", width_field="width", height_field="height")
    alt = models.CharField(max_length=160)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "created_at"]

    def __str__(self) -> str:
        return self.alt
