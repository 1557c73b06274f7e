"""What differs between two bundles, in the words of those who own runbooks."""
