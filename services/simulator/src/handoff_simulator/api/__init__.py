"""The HTTP edges: Twilio's surface, and the control surface beside it."""
