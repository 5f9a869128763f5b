"""The router's outside world: its tables."""
