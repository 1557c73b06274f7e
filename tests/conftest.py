"""The fixtures that all tests may ask for."""

pytest_plugins = ["tests.databases", "tests.temporal"]
