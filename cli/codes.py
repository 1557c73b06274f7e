"""How a command ends, in a number for scripts."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of all commands."""

    DONE = 0
    NOT_AS_WANTED = 1
    CANNOT_BE_USED = 2
    INTERRUPTED = 130

    @property
    def says(self) -> str:
        """What it means, in words."""
        match self:
            case ExitCode.DONE:
                return "done"
            case ExitCode.NOT_AS_WANTED:
                return "it did not come out as it should; the command's own help says when"
            case ExitCode.CANNOT_BE_USED:
                return "what was given cannot be used, or what is needed does not answer"
            case ExitCode.INTERRUPTED:
                return "stopped with Ctrl-C; incidents go on"


def table() -> str:
    """The codes with their meaning, a line each."""
    return "\n".join(f"  {code:<4} {code.says}" for code in ExitCode)
