from pathlib import Path

import pytest

from runbooks import library
from runbooks.checking import Weight, check, unsent
from tests.runbooks.builders import small, texts

EVERYTHING = Path(__file__).parent / "good" / "everything.yaml"


def written(folder: Path, *changes: tuple[str, str]) -> Path:
    path = folder / "late_parcel.yaml"
    path.write_text(small(("message: sorry", "message: lost_parcel.looking"), *changes), encoding="utf-8")
    return path


def told(path: Path, severity: Weight) -> list[str]:
    return [f"{problem.line}:{problem.column}: {problem.message}" for problem in check([path]).of(severity)]


def test_all_that_comes_with_amends_is_right_and_not_odd() -> None:
    report = check()

    assert report.checked == tuple(library.runbook_names())
    assert report.problems == ()
    assert report.ok


def test_every_word_of_the_language_is_checked_and_nothing_is_noted() -> None:
    report = check([EVERYTHING])

    assert report.problems == ()
    assert library.load(EVERYTHING).exception_type == "everything"


def test_a_runbook_that_cannot_be_found_or_read_is_a_problem_among_the_others(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("about: \xe9".encode("latin-1"))

    report = check(["lost_parsel", tmp_path / "nowhere.yaml", latin, "lost_parcel"])

    assert not report.ok
    assert [problem.message.split(";")[0] for problem in report.problems] == [
        "the file is not UTF-8 text",
        "the file cannot be read: No such file or directory",
        "there is no runbook 'lost_parsel'",
    ]


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        (
            ("save_as: order}", "save_as: order}\n    - {do: inventory.check, save_as: stock}"),
            "13:38: nothing reads 'stock'; leave it out, or keep it for the record",
        ),
        (
            ("  otherwise: low", '  low: order.total  >= money("CNY 1000.00")\n  otherwise: low'),
            "9:8: this is the rule of high too, which is read first; it never decides",
        ),
        (
            (
                '  high: order.total >= money("CNY 1000.00")\n  otherwise: low\n',
                "  critical: {when: incident.contacts > 9, or_near: {claim: 12h}}\n"
                "  high: {when: incident.contacts > 1, or_near: {claim: 6h}}\n  otherwise: low\n"
                "external:\n  claim:\n    {from: order.placed_at, table: carrier_claim_window, "
                "protect_by: shipping.file_claim}\n",
            ),
            "9:56: it is critical from 12h before 'claim' on, so this never decides",
        ),
        (
            ("    - plan: say_sorry", "    - plan: first\n      steps: [{do: orders.read}]\n    - plan: say_sorry"),
            "16:13: 'first' has no `when`, so this plan is only tried when that one has failed",
        ),
        (
            (
                "  action:",
                '  analysis:\n    - {wait: order.status == "paid", '
                "check: {do: orders.read, every: 2d, save_as: order}, "
                "at_most: {critical: 1d, high: 2d, medium: 3d, low: 3d}, "
                "then_assume: {order.status: paid}, waiting_for: customer}\n  action:",
            ),
            "14:70: nothing is read before the wait is over for critical, high; read it more often",
        ),
        (
            (
                "severity:",
                "sla:\n  action: {critical: 1h, high: 1h, medium: 1h, low: 1h, calendar: cn_office}\nseverity:",
            ),
            None,
        ),
    ],
)
def test_what_is_legal_but_odd_is_a_warning_and_still_loads(
    tmp_path: Path, change: tuple[str, str], warning: str | None
) -> None:
    path = written(tmp_path, change)

    assert told(path, Weight.ERROR) == []
    assert told(path, Weight.WARNING) == ([] if warning is None else [warning])
    assert library.load(path).exception_type == "late_parcel"


def test_a_warning_says_that_it_is_one(tmp_path: Path) -> None:
    path = written(tmp_path, ("save_as: order}", "save_as: order}\n    - {do: inventory.check, save_as: stock}"))

    (problem,) = check([path]).problems

    assert str(problem).startswith(f"{path}:13:38: warning: nothing reads 'stock'")


def test_a_message_that_no_runbook_sends_is_odd() -> None:
    problems = unsent(texts(en="sorry: {subject: a, body: b}\nother: {subject: a, body: b}"), sent={"sorry"})

    assert [str(problem) for problem in problems] == ["en.yaml:2:1: warning: no runbook sends 'other'; take it out"]
