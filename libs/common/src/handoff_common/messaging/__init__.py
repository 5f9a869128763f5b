"""Events on their way: one port, two brokers (`rabbit`, `embedded`), one consumer that settles."""
