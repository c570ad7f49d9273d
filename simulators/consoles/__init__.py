"""Screens of invented scanners around the simulated picture, as a frame grabber sees them."""
