"""Snapshot and state to frozen view records; wording and hiding rules; no Qt."""
