"""What should happen: one YAML file per exception type, its language, its checker and its messages."""
