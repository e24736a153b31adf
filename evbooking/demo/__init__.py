"""A believable network of our own, generated and seeded: for the demo, for tests of scale, for benchmarks."""
