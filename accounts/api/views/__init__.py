"""API operations of accounts."""
