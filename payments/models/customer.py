"""A driver as Stripe knows them; the cards themselves stay at Stripe."""

from django.conf import settings
from django.db import models


class Customer(models.Model):
    """`stripe_id` is cus_...; asked for again, Stripe gives the same one by the key of the driver."""

    driver = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, primary_key=True, related_name="customer"
    )
    stripe_id = models.CharField(max_length=64, unique=True, null=True, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"customer {self.driver_id}"
