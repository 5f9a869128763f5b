"""What every service shares: the events, the published tables, and the plumbing under both."""
