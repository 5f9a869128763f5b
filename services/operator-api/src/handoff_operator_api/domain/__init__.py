"""What the operator API knows without asking anybody: pure values and rules."""
