"""What the nightly and weekly tasks did."""

import uuid

from django.db import models

from scheduler_rl.models.version import PolicyVersion


class ModelRun(models.Model):
    """One refit or training: when, how it ended, and why in words for the administrator's page."""

    class Task(models.TextChoices):
        REFIT = "REFIT", "refit of shadow prices and demand"
        TRAINING = "TRAINING", "training"

    class State(models.TextChoices):
        RUNNING = "RUNNING", "running"
        DONE = "DONE", "done"
        SKIPPED = "SKIPPED", "not done"
        FAILED = "FAILED", "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=8, choices=Task)
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    message = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    version = models.ForeignKey(
        PolicyVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="runs"
    )

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=models.Q(state="RUNNING"), name="model_run_one_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["task", "-started_at"], name="model_run_latest")]

    def __str__(self) -> str:
        return f"{self.get_task_display()} of {self.started_at:%Y-%m-%d %H:%M}"
