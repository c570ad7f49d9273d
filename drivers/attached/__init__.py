"""Attached video devices: which they are, what they offer, and how their buffers are read."""
