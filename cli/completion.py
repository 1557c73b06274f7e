"""``amends completion``: teach a shell to complete commands, options, runbooks and incidents."""

from enum import StrEnum
from typing import Annotated

from cyclopts import Parameter


class Shell(StrEnum):
    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(shell: Annotated[Shell, Parameter(help="For which shell.")], /) -> None:
    """Print the script that teaches a shell to complete what follows amends.

    For example, once, and again after an update:

      amends completion bash > ~/.local/share/bash-completion/completions/amends
      amends completion zsh > ~/.zfunc/_amends
      amends completion fish > ~/.config/fish/completions/amends.fish

    (zsh looks there if ~/.zshrc says fpath+=~/.zfunc before compinit.)

    Runbooks are completed by their names, incidents by the beginnings of their
    ids: they are read from the journal when TAB is pressed.
    """
    from cli.main import app  # it imports this module when it is asked for it

    print(app().generate_completion(shell=shell.value))
