"""What somebody may have meant by a word that is not known."""

from collections.abc import Iterable
from difflib import get_close_matches


def meant(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` for the known word that is nearest to ``word``, or nothing if none is near."""
    nearest = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean {nearest[0]!r}?" if nearest else ""
