"""Where logs go and what they look like: to stderr, so that stdout holds results only; ours and the SDK's alike.

Every line has a time, a level and the logger's name; whatever concerns an incident names it, and its step or workflow.
"""

import logging
import sys
from typing import IO, Final

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger
from temporalio import activity, workflow

from amends.settings import LogFormat, Settings

_OURS: Final = ("amends", "temporalio")
"""Loggers that speak from our level up; those of libraries only warn."""

_NAMES: Final = {"workflow_id": "workflow", "run_id": "run", "workflow_run_id": "run", "activity_type": "activity"}
"""What the SDK tells of where a line comes from, and what we call it."""


def to_stderr(*, level: int = logging.INFO) -> None:
    """Sends the logs of this process from ``level`` up to stderr, unless ``AMENDS_LOG_LEVEL`` says another.

    As text on a terminal, else as one JSON object a line; ``AMENDS_LOG_FORMAT`` decides otherwise. May be repeated.
    Raises ``ConfigurationError`` for a setting of no use.
    """
    settings = Settings()
    if settings.log_level is not None:
        level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    structlog.configure(
        processors=[*_common(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = _ToStderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_common(), _from_the_sdk],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_written(settings.log_format)],
        )
    )
    root = logging.getLogger()
    for each in [each for each in root.handlers if isinstance(each, _ToStderr)]:
        root.removeHandler(each)
    root.addHandler(handler)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    # The same stands in fields of its own.
    activity.logger.activity_info_on_message = workflow.logger.workflow_info_on_message = False


class _ToStderr(logging.StreamHandler[IO[str]]):
    """To stderr as it is when the line is written."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> IO[str]:  # type: ignore[override]  # the handler keeps a stream, and we ask each time
        return sys.stderr


def _common() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]


def _written(asked: LogFormat | None) -> list[Processor]:
    terminal = sys.stderr.isatty()
    if (asked or (LogFormat.TEXT if terminal else LogFormat.JSON)) is LogFormat.TEXT:
        return [structlog.dev.ConsoleRenderer(colors=terminal, timestamp_key="at")]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]


def _from_the_sdk(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """The SDK's own names for workflow, run and activity, under ours."""
    record = line.get("_record")
    for extra in ("temporal_workflow", "temporal_activity", "incident"):
        told = getattr(record, extra, None)
        if isinstance(told, dict):
            line.update({ours: told[theirs] for theirs, ours in _NAMES.items() if told.get(theirs)})
        elif told:
            line[extra] = told
    return line
