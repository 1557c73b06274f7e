"""The folder of state of the commands' own tests, for the examples that run commands."""

from tests.cli.conftest import state_dir

__all__ = ["state_dir"]
