"""What the bot says: pure, so that every conversation can be replayed."""
