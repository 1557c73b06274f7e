"""Scenarios answer questions of every kind, for whoever is asked."""

import re

import pytest

from amends.models import Money
from amends.timeline import EntryKind
from drills.acts import AnswerAct, in_words
from drills.branches import branches
from drills.report import perform
from drills.scenario import Scenario, parse_scenarios
from drills.stage import Stage
from runbooks.language.problems import RunbookErrors
from tests.runbooks.asking import asking

BUNDLE = asking()
STORY = """\
scenarios:
  it:
    about: All that can be answered.
    order: SO-1001
    script: [{script}]
    expect:
      status: closed
      outcome: paid
      effects: []
      messages: [seen, worth, sent, sent]
      facts: {{seen.count: 1, sent: two boxes, found: here}}
"""
ALL = (
    "{answer: seen, files: damage.png, after: 1h}",
    "{answer: worth, amount: CNY 12.00, after: 2h}",
    "{answer: sent, text: two boxes, after: 3h}",
    "{answer: found, choice: here, by: an, after: 4h}",
)


def story(*script: str) -> Scenario:
    text = STORY.format(script=", ".join(script))
    (scenario,) = parse_scenarios(file="own.yaml", text=text, bundle=BUNDLE)
    return scenario


async def test_every_kind_of_answer_plays_on_the_engine_as_it_is_written_and_reaches_its_branch(
    drill_stage: Stage,
) -> None:
    played = await perform(drill_stage, story(*ALL))

    in_their_order = "message"  # three questions go out at once, and any of them may be first
    assert [each for each in played.report.differences if not each.startswith(in_their_order)] == []
    assert [(row.data["ask"], row.actor.id) for row in played.timeline if row.kind is EntryKind.ANSWER_RECEIVED] == [
        ("analysis.ask.seen", "customer"),
        ("analysis.ask.worth", "customer"),
        ("analysis.ask.sent", "merchant"),
        ("analysis.ask.found", "an"),
    ]
    assert {f"analysis.ask.{name}/answered" for name in ("seen", "worth", "sent")} <= {*played.report.reached}
    assert "analysis.ask.found/chosen/here" in played.report.reached


def test_files_are_known_by_their_names_and_amounts_are_money() -> None:
    seen, worth, *_ = story(*ALL).script

    assert isinstance(seen, AnswerAct)
    assert isinstance(worth, AnswerAct)
    assert seen.files is not None
    assert [each.what for each in seen.files] == ["damage.png"]
    assert worth.amount == Money(amount=1200, currency="CNY")
    assert in_words(seen) == "the answer damage.png to analysis.ask.seen"
    assert in_words(worth) == "the answer CNY 12.00 to analysis.ask.worth"


@pytest.mark.parametrize(
    ("act", "why"),
    [
        ("{answer: seen, choice: here, after: 1h}", "seen is answered by `files`; say it"),
        ("{answer: worth, amount: 12 yuan, after: 1h}", "'12 yuan' is not an amount"),
        ("{answer: sent, text: two, amount: CNY 1.00, after: 1h}", "sent is answered by `text`; leave `amount` out"),
        ("{answer: found, by: an, after: 1h}", "found is answered by `choice`, one of here, gone; say it"),
        ("{answer: found, choice: hear, by: an, after: 1h}", "found has no choice 'hear'; did you mean 'here'?"),
        ("{answer: found, choice: here, after: 1h}", "found is asked of 'logistics'; say who answers, with `by`"),
        ("{answer: found, choice: here, by: chen, after: 1h}", "of 'logistics' nobody is 'chen'"),
    ],
)
def test_an_answer_that_could_not_count_is_a_mistake_in_the_file(act: str, why: str) -> None:
    with pytest.raises(RunbookErrors, match=re.escape(why)):
        story(act)


def test_each_kind_has_its_branches_and_what_a_role_is_asked_never_comes_back() -> None:
    found = [branch.id for branch in branches(BUNDLE.program) if "ask." in branch.id]

    assert [each for each in found if "sent" in each] == [
        "analysis.ask.sent/refused",
        "analysis.ask.sent/answered",
        "analysis.ask.sent/silence",
    ]
    assert [each for each in found if "found" in each] == [
        "analysis.ask.found/chosen/here",
        "analysis.ask.found/chosen/gone",
        "analysis.ask.found/silence",
    ]


def test_a_moment_may_name_the_role_that_was_asked() -> None:
    moment = "      moments: [{entry: question_asked, of: logistics, at: 0m}]\n"

    (scenario,) = parse_scenarios(file="own.yaml", text=STORY.format(script="") + moment, bundle=BUNDLE)

    assert scenario.expect.moments[0].of == "logistics"
