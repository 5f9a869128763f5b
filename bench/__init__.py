"""How fast, and at what cost: the product beside programs that do only what can't be left out."""
