"""Logs of commands that play incidents in their own process: only what a person has to know."""

import logging

from cli import logs


def quiet() -> None:
    """Keep the log to warnings, on stderr. A call that fails and is tried again belongs to the story that is played."""
    logs.to_stderr(level=logging.WARNING)
    logging.getLogger("temporalio.activity").setLevel(logging.ERROR)
