"""Where logs go: stderr, so that stdout holds results only."""

import logging
import sys

import structlog


def to_stderr(*, level: int = logging.INFO) -> None:
    """Sends the logs of this process from ``level`` up to stderr."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is when the line is written
    )
