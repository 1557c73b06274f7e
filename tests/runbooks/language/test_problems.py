import pytest

from runbooks.language.problems import Problem


@pytest.mark.parametrize(
    ("message", "complaint", "mend"),
    [
        ("unknown key 'a'; did you mean 'b'?", "unknown key 'a'", "did you mean 'b'?"),
        ("'x; y' is no name; use letters", "'x; y' is no name", "use letters"),
        ("`a; b` is wrong; mend it; then check", "`a; b` is wrong", "mend it; then check"),
        ("the engine's way; leave it", "the engine's way", "leave it"),
        ("'it\\'s; so' is odd; mend it", "'it\\'s; so' is odd", "mend it"),
        ("an unclosed ` mark; mend it", "an unclosed ` mark", "mend it"),
        ("it says all", "it says all", ""),
        ("", "", ""),
    ],
)
def test_a_message_is_a_complaint_and_behind_a_semicolon_its_mend(message: str, complaint: str, mend: str) -> None:
    problem = Problem(file="a.yaml", line=1, column=1, message=message)

    assert (problem.complaint, problem.mend) == (complaint, mend)
