"""What happens after something was accepted."""
