"""From frames to guidance: truth, scale, snapshot; no Qt, no device."""
