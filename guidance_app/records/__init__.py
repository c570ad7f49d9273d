"""The records database: procedures and checklist entries."""
