"""What `handoff doctor` looks at."""
