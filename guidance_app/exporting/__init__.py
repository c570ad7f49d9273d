"""Recorded sessions in formats of other programs: clips, tracked sequences, tables, pictures."""
