"""What is known about a telephone number, whoever has it: whether it wants and takes text messages."""

from django.db import models
from django.utils.crypto import get_random_string


def opt_out_code() -> str:
    """Ten letters and digits: short enough for a text message, too many to try."""
    return get_random_string(10)


class PhoneNumber(models.Model):
    """E.164. An opted-out number gets nothing until its owner says START; a disabled one cannot be reached."""

    number = models.CharField(max_length=20, primary_key=True)
    code = models.CharField(max_length=10, unique=True, default=opt_out_code, editable=False)
    opted_out_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)
    error_code = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        return self.number
