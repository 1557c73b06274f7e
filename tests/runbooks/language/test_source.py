import pytest

from runbooks.language.problems import RunbookErrors
from runbooks.language.source import Source


def test_values_are_those_of_yaml_1_2() -> None:
    text = "on: no\nat: 12:30\nday: 2026-01-01\ncount: 007\nhex: 0x10\ntail: 72_\nhalf: 0.5\n"
    text += "gone: null\nyes: true\n1: '1'\n"

    data = Source("a.yaml", text).data

    assert data == {
        "on": "no",
        "at": "12:30",
        "day": "2026-01-01",
        "count": 7,
        "hex": 16,
        "tail": "72_",
        "half": 0.5,
        "gone": None,
        "yes": True,
        "1": "1",
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: 1\nb: 2\na: 3\n", "a.yaml:3:1: the key 'a' is here twice (first on line 1); keep one"),
        ("a: {b: 1, b: 2}", "a.yaml:1:11: the key 'b' is here twice (first on line 1); keep one"),
        ("a: [1, 2\nb: 3", "a.yaml:2:2: this is not YAML: expected ',' or ']', but got ':'"),
        ("a: 1\n b: 2", "a.yaml:2:3: this is not YAML: mapping values are not allowed here"),
        ("a: \x01", "a.yaml:1:1: this is not YAML: unacceptable character #x0001"),
        ("a: &x 1\nb: *x", "a.yaml:1:4: anchors and aliases are not used here; write the value out"),
        ("a: !!python/object:x 1", "a.yaml:1:4: the tag 'python/object:x' is not used here; write a plain value"),
        ("a: .nan", "a.yaml:1:4: '.nan' is no number that can be counted with"),
        ('a: "\\ud800"', "a.yaml:1:4: half a character is escaped here; write the character itself"),
        ("", "a.yaml:1:1: the file must hold keys and values, such as `runbook: lost_parcel`"),
        ("- 1", "a.yaml:1:1: the file must hold keys and values, such as `runbook: lost_parcel`"),
    ],
)
def test_what_we_do_not_take_is_refused_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(RunbookErrors) as caught:
        Source("a.yaml", text)

    assert str(caught.value.problems[0]).startswith(complaint)


def test_a_nest_of_aliases_is_refused_before_it_grows() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))

    with pytest.raises(RunbookErrors, match="anchors and aliases are not used here"):
        Source("a.yaml", bomb)
