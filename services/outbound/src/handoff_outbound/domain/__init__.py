"""Decisions about the send ledger: pure, every fact passed in."""
