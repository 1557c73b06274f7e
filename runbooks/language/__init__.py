"""The language in which runbooks are written: what people write, how it is checked, and how it becomes a bundle."""
