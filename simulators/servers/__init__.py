"""Simulated devices on real wires."""
