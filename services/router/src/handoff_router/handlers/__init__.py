"""The router's message edge."""
