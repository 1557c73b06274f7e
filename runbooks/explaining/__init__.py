"""A runbook read back in plain words: what it does, how long it may take, who is paged, and what silence means."""
