"""Decide about calls, then send."""
