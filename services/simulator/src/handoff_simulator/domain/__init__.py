"""What the stand-in knows of Twilio: pure, without a clock, a socket or a file."""
