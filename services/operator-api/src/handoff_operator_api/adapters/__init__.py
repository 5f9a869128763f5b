"""The outside world: the database and Redis."""
