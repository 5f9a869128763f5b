"""What outbound does, by itself and when told to: send, look after what is open, reconcile."""
