"""The operator's HTTP API, one resource a module."""
