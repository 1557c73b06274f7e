"""A file of events taken in as if they came now, with a clock of its own: what would have opened, when, and why."""
