"""How a records database gets from one format to the next, by Alembic."""
