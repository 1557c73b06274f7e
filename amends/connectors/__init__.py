"""The outside systems: small protocols (``ports``), and the reference shop that implements them."""
