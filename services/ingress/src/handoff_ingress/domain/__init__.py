"""What Twilio's forms mean: pure, so that every odd form can be tried without a server."""
