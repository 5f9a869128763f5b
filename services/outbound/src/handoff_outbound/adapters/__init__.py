"""The outside world: the ledger in the database, and Twilio's API."""
