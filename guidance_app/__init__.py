"""Procedure guidance on live ultrasound and fluoroscopy. Training and research only."""

__version__ = "0.1.0"

PURPOSE = "Training and research. Not for clinical decisions."
"""Always on screen and on every export."""
