"""Alembic's environment and the revisions of the schema. Run by app/db/migrate.py, never imported by other code."""
