"""All that `amends up` runs on this machine, and what is said and done about it from outside."""
