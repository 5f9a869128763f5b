"""Floor programs: the same hops with nothing of ours, each in a process of its own."""
