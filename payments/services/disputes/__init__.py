"""Disputes: read from Stripe, the operator's part held back until they are decided, answered with evidence."""

from payments.services.disputes.evidence import keep_evidence, submit_evidence
from payments.services.disputes.syncing import sweep_disputes, sync_dispute

__all__ = ["keep_evidence", "submit_evidence", "sweep_disputes", "sync_dispute"]
