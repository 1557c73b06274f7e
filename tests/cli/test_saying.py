"""Noting, showing, giving, suspending, overruling and taking over: each counts once, or it is said why it does not."""

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from amends.models import Party, Severity
from amends.timeline import EntryKind
from cli.main import main
from tests.cli import stories
from tests.cli.acted import Acted, own_runbook

TRACE = "analysis.wait.trace"
ASK = "analysis.ask.lost_parcel.reship_or_refund"
NOWHERE = ("--actor", "bo", "--address", "127.0.0.1:1")


@pytest.fixture
async def it(running: Acted) -> Acted:
    """It waits for the word of the logistics lead."""
    await running.open("SO-1001")
    await running.until(lambda view: bool(view.approvals))
    return running


async def waiting(it: Acted) -> None:
    """Approved, and the search goes on."""
    await it.amends("approve", by="chen")
    await it.until(lambda view: view.skippable == (TRACE, ASK))


async def test_a_note_and_what_is_shown_stand_in_the_timeline_once(it: Acted, tmp_path: Path) -> None:
    slip = tmp_path / "slip.pdf"
    slip.write_bytes(b"%PDF")

    noted, _ = await it.amends("note", "she called twice", by="mei")
    again, _ = await it.amends("note", "she called twice", by="mei")
    shown, _ = await it.amends("evidence", str(slip), "mail 4711", "--note", "from the bank", by="mei")
    once_more, _ = await it.amends("evidence", str(slip), "mail 4711", "--note", "from the bank", by="mei")
    story, _ = await it.amends("show")

    assert noted == f"recorded: mei has noted it in incident {it.incident}\n"
    assert again == f"repeated: mei has noted it in incident {it.incident}\n"
    assert shown == f"recorded: mei has shown slip.pdf, mail 4711 in incident {it.incident}\n"
    assert once_more.startswith("repeated: ")
    (entry,) = it.entries(EntryKind.EVIDENCE_ADDED)
    assert isinstance(entry.data["evidence"], list)
    assert [each["what"] for each in entry.data["evidence"] if isinstance(each, dict)] == ["slip.pdf", "mail 4711"]
    assert len(it.entries(EntryKind.NOTE_ADDED)) == 1
    assert "mei noted: she called twice." in story


async def test_what_was_shown_is_listed_brought_back_and_known_to_be_altered(it: Acted, tmp_path: Path) -> None:
    slip, seen = tmp_path / "slip.pdf", tmp_path / "seen.pdf"
    slip.write_bytes(b"%PDF-1.4 paid")
    digest = hashlib.sha256(b"%PDF-1.4 paid").hexdigest()
    nothing, told = await it.amends("evidence")
    await it.amends("evidence", str(slip), "mail 4711", by="mei")

    listed, _ = await it.amends("evidence")
    brought, _ = await it.amends("evidence", "--get", digest[:6], "--to", str(seen))
    _, unknown = await it.amends("evidence", "--get", "ffff", expect=2)
    (place,) = (tmp_path / ".amends" / "evidence").rglob(digest)
    place.chmod(0o600)
    place.write_bytes(b"%PDF-1.4 not paid")
    altered, _ = await it.amends("evidence", expect=1)

    assert (nothing, told) == ("", f"nothing was shown in incident {it.incident}\n")
    assert f"mei  slip.pdf   {digest[:12]}  application/pdf  13 bytes  kept\n" in listed
    assert brought == f"{seen} is slip.pdf as it was shown\n"
    assert seen.read_bytes() == b"%PDF-1.4 paid"
    assert f"found: none (`amends evidence {it.incident[:8]}` lists them)" in unknown
    assert "13 bytes  altered\n" in altered


async def test_what_is_to_be_done_is_given_to_a_person_who_has_a_role(it: Acted) -> None:
    _, stranger = await it.amends("assign", "--to", "cook", by="bo", expect=2)
    told = await it.json("assign", "--to", "chen", "--note", "you know her", by="bo")
    again = await it.json("assign", "--to", "chen", "--note", "you know her", by="bo")
    other = await it.json("assign", "--to", "an", by="bo")
    anew = await it.json("assign", "--to", "chen", "--note", "you know her", by="bo")
    view = await it.until(lambda view: not view.busy)
    shown, _ = await it.amends("show")

    assert "'cook' has no role here; " in stranger
    assert [each["result"] for each in (told, again, other, anew)] == ["recorded", "repeated", "recorded", "recorded"]
    assert [entry.data["to"] for entry in it.entries(EntryKind.ASSIGNED)] == ["chen", "an", "chen"]
    assert view.assignee == "chen"
    assert "  given to     chen\n" in shown


async def test_the_clocks_stand_still_for_somebody_until_they_are_resumed(it: Acted) -> None:
    wait = ("suspend", "--for", "carrier", "--within", "3d", "--reason", "the strike")

    told = await it.json(*wait, by="bo")
    again = await it.json(*wait, by="bo")
    _, twice = await it.amends("suspend", "--for", "customer", "--within", "1d", "--reason", "x", expect=2)
    suspended = await it.until(lambda view: not view.busy)
    shown, _ = await it.amends("show")
    resumed, _ = await it.amends("resume", "--note", "it is over", by="bo")
    once_more, _ = await it.amends("resume", "--note", "it is over", by="bo")
    _, nothing = await it.amends("resume", by="chen", expect=2)
    anew = await it.json(*wait, by="bo")

    assert [each["result"] for each in (told, again, anew)] == ["recorded", "repeated", "recorded"]
    assert told["until"] == again["until"]
    assert "it waits for carrier until " in twice
    assert suspended.suspended_for is Party.CARRIER
    assert suspended.suspended_until is not None
    assert suspended.suspended_until - suspended.now > timedelta(days=2, hours=23)
    assert "Suspended\n  For the carrier until " in shown
    assert f"    amends resume {it.incident[:8]}\n" in shown
    assert resumed == f"recorded: the clocks of incident {it.incident} go on\n"
    assert once_more.startswith("repeated: ")
    assert "it is not suspended; there is nothing to resume" in nothing


async def test_when_the_ball_came_back_is_said_with_it(it: Acted) -> None:
    await it.amends("suspend", "--for", "carrier", "--until", "23:59", "--reason", "the strike", by="bo")

    _, to_come = await it.amends("resume", "--at", "2036-11-22T18:30", expect=2)
    told = await it.json("resume", "--at", "1m", by="bo")

    assert "--at '2036-11-22T18:30' has not come yet" in to_come
    (entry,) = it.entries(EntryKind.RESUMPTION_REQUESTED)
    assert told["at"] == entry.data["at"]
    assert entry.occurred_at - datetime.fromisoformat(str(entry.data["at"])) > timedelta(seconds=55)


async def test_a_person_s_word_on_the_severity_stands_until_the_rules_have_their_say_again(it: Acted) -> None:
    _, neither = await it.amends("severity", "--reason", "x", expect=2)
    _, as_it_is = await it.amends("severity", "--by-rules", "--reason", "x", expect=2)
    told = await it.json("severity", "critical", "--reason", "it is medicine", by="bo")
    again = await it.json("severity", "critical", "--reason", "it is medicine", by="bo")
    chosen = await it.until(lambda view: view.severity is Severity.CRITICAL)
    shown, _ = await it.amends("show")
    rules, _ = await it.amends("severity", "--by-rules", "--reason", "she has got it", by="bo")
    after = await it.until(lambda view: view.severity_chosen is None)

    assert "say how severe it is (critical, high, medium, low), or --by-rules, and not both" in neither
    assert "the severity is as the runbook's rules say already" in as_it_is
    assert (told["result"], again["result"]) == ("recorded", "repeated")
    assert chosen.severity_chosen is Severity.CRITICAL
    assert "critical (set by bo)\n" in shown
    assert rules == f"recorded: the severity of incident {it.incident} is what the rules say\n"
    assert after.severity is not Severity.CRITICAL


async def test_only_what_waits_or_asks_is_skipped_and_one_that_is_alone_needs_no_name(it: Acted) -> None:
    _, approval = await it.amends("skip", "--step", "report.approve.logistics_lead", "--reason", "x", expect=2)
    _, nothing = await it.amends("skip", "--reason", "x", expect=2)
    await waiting(it)
    _, several = await it.amends("skip", "--reason", "x", expect=2)
    offered, _ = await it.amends("show")
    skipped, _ = await it.amends("skip", "--step", "trace", "--reason", "they never answer", by="bo")
    await it.until(lambda view: view.skippable == (ASK,))
    again, _ = await it.amends("skip", "--step", "trace", "--reason", "they never answer", by="bo")
    _, another = await it.amends("skip", "--reason", "they never answer", by="bo", expect=2)
    alone, _ = await it.amends("skip", "--reason", "she has moved", by="bo")
    shown, _ = await it.amends("show")

    assert "is an approval, which nobody skips" in approval
    assert "stands at nothing that can be skipped" in nothing
    assert f"several steps can be skipped; name one with --step: {TRACE}, {ASK}\n" in several
    for step in (TRACE, ASK):
        assert f'    amends skip {it.incident[:8]} --step {step} --reason "…"\n' in offered
    assert skipped == f"recorded: the wait for trace of incident {it.incident} is skipped\n"
    assert again.startswith("repeated: the wait for trace")
    assert f"bo has had {TRACE} skipped with the same words already; to skip another, name it: amends skip" in another
    assert alone.startswith("recorded: the question lost_parcel.reship_or_refund of incident ")
    assert shown.count("skipped") == 2
    assert [entry.data["step"] for entry in it.entries(EntryKind.SKIP_REQUESTED)] == [TRACE, ASK]


async def test_who_takes_it_over_has_a_task_and_hands_it_back(it: Acted) -> None:
    taken, err = await it.amends("take-over", "--reason", "the press has called", by="dai")
    again, _ = await it.amends("take-over", "--reason", "the press has called", by="dai")
    _, other = await it.amends("take-over", "--reason", "me too", by="chen", expect=2)
    view = await it.until(lambda view: bool(view.tasks))
    shown, _ = await it.amends("show")
    _, settled = await it.amends("settle", "--how", "paid", "--evidence", "x", by="dai", expect=2)
    back, _ = await it.amends("retry", "taken_over", "--note", "it is quiet again", by="dai")
    anew, _ = await it.amends("take-over", "--reason", "the press has called", by="dai")

    assert taken == f"recorded: dai has taken incident {it.incident} over\n"
    assert f"to hand it back: amends retry {it.incident[:8]} taken_over\n" in err
    assert again.startswith("repeated: ")
    assert "'dai' has taken it over already" in other
    assert [(task.task, task.assignee) for task in view.tasks] == [("taken_over", "dai")]
    assert "  dai has it.\n  Somebody has taken it into their own hands" in shown
    assert "nothing is put right by hand before the analysis is done; hand it back (retry)" in settled
    assert back == f"recorded: taken_over of incident {it.incident} is handed back\n"
    assert anew.startswith("recorded: ")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (("note", "5d3a"), "TEXT: a note says something; write it behind the incident ('5d3a')"),
        (("note",), "TEXT: a note says something; write it"),
        (("note", "5d3a", "  "), "TEXT: a note says something; write it"),
        (("evidence", "5d3a", "./slip.pdf"), "WHAT './slip.pdf': there is no such file"),
        (("assign", "5d3a", "--to", " "), "--to: name the person who has to do it"),
        (("suspend", "5d3a", "--for", "carrier", "--reason", "x"), "say for how long (--within 3d) or until when"),
        (("suspend", "5d3a", "--for", "carrier", "--within", "soon", "--reason", "x"), "--within: 'soon' is not"),
        (
            ("suspend", "5d3a", "--for", "carrier", "--within", "3d", "--until", "18:30", "--reason", "x"),
            "--within and --until cannot both be given",
        ),
        (("resume", "5d3a", "--at", "soon"), "--at 'soon' is no time"),
        (("severity", "5d3a", "low", "--by-rules", "--reason", "x"), "or --by-rules, and not both"),
        (("skip", "5d3a", "--reason", " "), "--reason: say why"),
        (("take-over", "5d3a", "--reason", " "), "--reason: say why"),
    ],
)
def test_what_is_not_said_is_asked_for(
    state_dir: Path, capsys: pytest.CaptureFixture[str], typed: tuple[str, ...], why: str
) -> None:
    stories.write(state_dir, stories.reported())

    assert main([*typed, *NOWHERE]) == 2

    assert why in capsys.readouterr().err


def test_a_task_that_was_given_anew_after_it_came_up_again_is_given_once_more(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task = "no_plan_left"
    first = [
        *stories.handed_over(task, "action", task),
        *stories.acted(EntryKind.ASSIGNED, "bo", to="bo", task=task, note=""),
    ]
    typed = ["assign", "5d3a", "--to", "bo", "--task", task, *NOWHERE]

    stories.write(state_dir, stories.reported(), first)
    same = main([*typed, "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    stories.write(state_dir, stories.reported(), first, stories.handed_over(task, "action", task))
    anew = main(typed)

    assert (same, told["result"], anew) == (0, "repeated", 2)


@pytest.mark.parametrize("task", [None, "no_plan_left"])
def test_the_page_says_of_a_task_to_whom_it_was_given(
    task: str | None, state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    of = {"task": task} if task else {}
    given = stories.acted(EntryKind.ASSIGNED, "bo", to="bo", note="", **of)
    stories.write(state_dir, stories.reported(), stories.handed_over("no_plan_left", "action", "no_plan_left"), given)

    assert main(["show", "5d3a", "--address", "127.0.0.1:1"]) == 0

    told = capsys.readouterr().out
    assert "bo has it.\n" in told
    assert ("given to" in told) is (task is None)


def published(it: Acted, tmp_path: Path) -> None:
    """A text of the runbook that differs from what the incident follows."""
    file = tmp_path / "acted_parcel.yaml"
    own_runbook(tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace("answer_within: 48h", "answer_within: 36h"))
    assert main(["publish", str(file), "--why", "two days are too long", "--actor", "mei"]) == 0
    it.capsys.readouterr()


async def test_another_revision_is_previewed_wanted_by_one_and_approved_by_another(it: Acted, tmp_path: Path) -> None:
    await waiting(it)
    _, nothing = await it.amends("repin", "--dry-run", expect=2)
    published(it, tmp_path)

    preview, done = await it.amends("repin", "--dry-run")
    shown = await it.json("repin", "--dry-run")
    wanted, _ = await it.amends("repin", "--reason", "faster", by="an")
    again, _ = await it.amends("repin", "--reason", "faster", by="an")
    _, own = await it.amends("approve", by="an", expect=2)
    _, told = await it.amends("approve", by="dai")
    story, _ = await it.amends("show")

    assert "nothing was published of 'acted_parcel' yet" in nothing
    assert preview.startswith("acted_parcel, sha256:")
    assert "which was not published → acted_parcel revision 1 (" in preview
    assert done.startswith("nothing was done; ")
    assert "A second person's word to follow acted_parcel@1: faster." in told
    assert "stages that would follow it: action, follow-up" in preview
    assert (shown["revision"], shown["ahead"]) == (1, ["action", "follow_up"])
    assert wanted.startswith(f"recorded: incident {it.incident} follows acted_parcel revision 1")
    assert again.startswith("repeated: ")
    assert "cannot approve it too" in own
    assert "an wants the next stages to follow acted_parcel@1: faster." in story
    assert str(it.entries(EntryKind.APPROVAL_GIVEN)[-1].data["approval"]).startswith("repin:")


async def test_of_several_approvals_one_is_named_and_that_of_another_text_by_its_revision(
    it: Acted, tmp_path: Path
) -> None:
    published(it, tmp_path)
    await it.amends("repin", "--reason", "faster", by="an")
    short, lead = it.incident[:8], "report.approve.logistics_lead"

    _, which = await it.amends("approve", by="dai", expect=2)
    _, no = await it.amends("reject", "--note", "never", by="dai", expect=2)
    story, _ = await it.amends("show")
    given, _ = await it.amends("approve", "acted_parcel@1", by="dai")
    again, _ = await it.amends("approve", "repin:acted_parcel@1", by="dai")

    assert (
        f"incident {it.incident} asks for several approvals; name the one that you mean: "
        f"`amends approve {short} {lead}`, or `amends approve {short} acted_parcel@1`"
    ) in which
    assert f'or `amends reject {short} acted_parcel@1 --note "…"`' in no
    assert "A second person's word to follow acted_parcel@1: faster." in story
    assert f"    amends approve {short} acted_parcel@1\n" in story
    assert given.startswith("recorded: dai says yes to a second person's word to follow acted_parcel@1: faster (")
    assert again.startswith("repeated: dai says yes to a second person's word to follow acted_parcel@1 (")
