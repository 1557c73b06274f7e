"""The journal's migrations, run by Alembic."""
