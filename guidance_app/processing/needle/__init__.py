"""Finds an ordinary needle in plain B-mode pictures."""
