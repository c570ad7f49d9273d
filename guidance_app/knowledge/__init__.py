"""The recommendations as data, with source and certainty."""
