"""The whole product as processes: for end-to-end tests, fault experiments and benchmarks."""
