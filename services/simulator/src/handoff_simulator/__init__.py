"""A faithful, durable stand-in for Twilio's Messages API and for the customers' phones."""
