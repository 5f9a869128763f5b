"""The home in one file, and back."""
