"""Questions of every kind, to everybody who can be asked, are answered by what is typed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from amends.models import Party, Status
from amends.timeline import EntryKind
from cli.needed import lines, people_needed
from tests.cli.acted import Acted
from tests.runbooks.asking import asking


@pytest.fixture
async def it(running: Acted) -> Acted:
    running.bundle = asking()
    await running.open("SO-1001")
    await running.until(lambda view: len(view.asks) == 4 and all(ask.answer_by for ask in view.asks))
    return running


async def test_each_question_is_shown_with_how_it_is_answered_and_of_a_role_with_what_it_reads(it: Acted) -> None:
    out, _ = await it.amends("show")
    needed = "\n".join(lines(people_needed(it.journal), now=datetime.now(UTC)))

    for line in (
        "The customer may answer the question seen until",
        f"amends answer {it.incident[:8]} --file PATH --ask analysis.ask.seen",
        f'amends answer {it.incident[:8]} --amount "CNY 0.00 … CNY 398.00" --ask analysis.ask.worth',
        "The merchant may answer the question sent until",
        f'amends answer {it.incident[:8]} --text "…" --ask analysis.ask.sent',
        "Logistics may answer the question found until",
        "Look for PC-1001-1. We wait 48 hours.",
        f"amends answer {it.incident[:8]} here --ask analysis.ask.found",
    ):
        assert line in out
    assert "the question found  logistics  until " in needed


async def test_answers_of_every_kind_count_once_and_are_the_facts_that_plans_are_chosen_by(
    it: Acted, tmp_path: Path
) -> None:
    picture = tmp_path / "damage.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    typed = {
        "seen": ("--file", str(picture)),
        "worth": ("--amount", "CNY 12.00"),
        "sent": ("--text", "two boxes"),
    }

    for ask, answer in typed.items():
        out, _ = await it.amends("answer", *answer, "--ask", ask, by="customer")
        assert out.startswith("recorded: ")
    again, _ = await it.amends("answer", *typed["worth"], "--ask", "worth", by="customer")
    said = await it.json("answer", "here", "--ask", "found", by="an")

    assert again.startswith("repeated: CNY 12.00 is the answer to the question worth")
    assert (said["ask"], said["choice"]) == ("analysis.ask.found", "here")
    await it.until(lambda view: view.status is Status.CLOSED)
    assert [row.data["plan"] for row in it.entries(EntryKind.PLAN_SUCCEEDED)] == ["paid"]
    parties = sorted(str(letter.party) for letter in it.shop.messages("SO-1001"))
    assert parties == [*[Party.CUSTOMER] * 2, *[Party.MERCHANT] * 2]
    shown, _ = await it.amends("evidence")
    assert "damage.png" in shown


async def test_what_does_not_fit_or_comes_from_somebody_else_is_refused_with_what_would(
    it: Acted, tmp_path: Path
) -> None:
    refused = {
        ("--amount", "CNY 400.00", "--ask", "worth"): "asks for an amount of CNY 0.00 to CNY 398.00",
        ("--amount", "12", "--ask", "worth"): "--amount: '12' is not an amount",
        ("reship", "--ask", "sent"): "a choice is no answer to 'analysis.ask.sent', which asks for a text",
        ("--file", str(tmp_path / "none.png"), "--ask", "seen"): "there is no such file",
        ("here", "--ask", "found"): "'chen' is not of 'logistics', which is asked at 'analysis.ask.found'; 'an', 'bo'",
        (): "answer by one of a choice, --text, --amount or --file; nothing was typed",
        ("here", "--text", "here"): "several were typed",
    }

    for typed, why in refused.items():
        _, err = await it.amends("answer", *typed, expect=2)
        assert why in " ".join(err.split())
    assert it.entries(EntryKind.ANSWER_RECEIVED) == []
