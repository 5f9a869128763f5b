"""Fault experiments: kill everything, at random, and see whether the promises hold."""
