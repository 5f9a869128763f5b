"""The sending and takeover protocol as a small model, explored exhaustively."""
