"""What the command line knows of Twilio."""
