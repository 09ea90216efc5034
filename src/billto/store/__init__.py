"""Where it is kept: questions become SQL for SQLite and PostgreSQL."""
