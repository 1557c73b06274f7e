"""The proof: tests mirror the source, and a test's name is a promise."""
