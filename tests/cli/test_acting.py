"""What people type reaches a running incident: it counts once, or it is said why it does not."""

import hashlib
from pathlib import Path

import pytest

from amends.connectors.shop import FaultKind
from amends.models import Status
from amends.timeline import EntryKind
from tests.cli.acted import Acted

APPROVAL = "report.approve.logistics_lead"
OTHER = "report.approve.operations_manager"
LOOKING = "refused:report.tell.lost_parcel.looking/1"
TRACE = "undo:analysis.shipping.open_trace/1"


@pytest.fixture
def it(running: Acted) -> Acted:
    return running


async def asked(it: Acted, order: str) -> None:
    await it.open(order)
    await it.until(lambda view: bool(view.approvals))


async def test_an_approval_is_told_before_it_counts_and_typed_twice_it_counts_once(it: Acted) -> None:
    await asked(it, "SO-1001")

    out, err = await it.amends("approve", "--note", "go ahead")
    again, _ = await it.amends("approve", "--note", "go ahead")

    assert out == (f"recorded: chen says yes to the approval of logistics lead: CNY 398.00 (incident {it.incident})\n")
    assert "The approval of logistics lead: CNY 398.00.\nLogistics lead decides by " in err
    assert "Not bo, who brought it here.\n" in err
    assert again.startswith("repeated: chen says yes to the approval of logistics lead (")
    (decision,) = it.entries(EntryKind.DECISION_RECEIVED)
    assert (decision.actor.id, decision.data["amount"]) == ("chen", {"amount": 39800, "currency": "CNY"})
    assert decision.actor.verified


async def test_without_a_door_s_key_what_is_typed_is_unsigned_and_decides_nothing(it: Acted, state_dir: Path) -> None:
    """Whoever acts unsigned is marked as unverified, and cannot approve."""
    await asked(it, "SO-1001")
    (state_dir / "door.json").rename(state_dir / "away.json")

    _, err = await it.amends("approve", expect=2)
    await it.amends("note", "the carrier called")

    assert "nobody vouches for 'chen', and an unsigned word decides nothing" in err
    assert "`amends door new` makes one" in err
    (note,) = it.entries(EntryKind.NOTE_ADDED)
    assert not note.actor.verified
    out, _ = await it.amends("show")
    assert "chen (unverified) noted" in out


async def test_who_brought_it_here_and_who_is_of_another_role_cannot_approve(it: Acted) -> None:
    await asked(it, "SO-1001")

    _, reporter = await it.amends("approve", by="bo", expect=2)
    _, stranger = await it.amends("approve", by="mei", expect=2)

    assert "'bo' has brought this here, and cannot approve it too; 'chen' could" in reporter
    assert "'mei' is not of 'logistics_lead', and cannot decide this; 'chen' could" in stranger


async def test_an_amount_beyond_a_role_s_authority_is_for_one_of_a_higher(it: Acted) -> None:
    await asked(it, "SO-1006")

    _, beyond = await it.amends("approve", expect=2)
    told = await it.json("approve", "logistics_lead", "--amount", "CNY 6200.00", by="fang")

    assert "'logistics_lead' approves up to CNY 5,000.00, and this is CNY 6,200.00; 'dai', 'fang', 'gu' could" in beyond
    assert (told["result"], told["approval"], told["verdict"]) == ("recorded", APPROVAL, "approve")
    assert told["amount"] == {"amount": 620000, "currency": "CNY"}


async def test_nothing_is_decided_about_another_amount_than_was_seen(it: Acted) -> None:
    await asked(it, "SO-1001")

    _, other = await it.amends("approve", "--amount", "CNY 400.00", expect=2)
    _, none = await it.amends("approve", "--amount", "400", expect=2)

    assert "--amount 'CNY 400.00': asked is the approval of logistics lead: CNY 398.00; nothing was decided" in other
    assert "--amount: '400' is not an amount" in none
    assert it.entries(EntryKind.DECISION_RECEIVED) == []


async def test_a_rejection_needs_a_reason_and_leaves_a_task_that_asks_again(it: Acted) -> None:
    await asked(it, "SO-1001")

    _, no_reason = await it.amends("reject", "--note", " ", expect=2)
    rejected, _ = await it.amends("reject", "--note", "too dear")
    await it.until(lambda view: bool(view.tasks))
    shown, _ = await it.amends("show")
    retried, _ = await it.amends("retry", "--note", "cheaper now")
    await it.until(lambda view: bool(view.approvals))
    again, _ = await it.amends("reject", "logistics_lead", "--note", "still too dear")

    assert "--note: say why" in no_reason
    assert rejected.startswith("recorded: chen says no to the approval of logistics lead: CNY 398.00 (")
    assert f"amends retry {it.incident[:8]} rejected:{APPROVAL}\n" in shown
    assert retried.startswith(f"recorded: rejected:{APPROVAL} of incident ")
    assert again.startswith("recorded: chen says no")


async def test_the_same_words_without_a_name_try_again_what_is_open_now(it: Acted) -> None:
    await asked(it, "SO-1007")
    await it.amends("reject", "--note", "too dear", by="chen")
    await it.until(lambda view: bool(view.tasks))
    await it.amends("retry", by="an")
    await it.until(lambda view: bool(view.approvals))
    repeated, _ = await it.amends("retry", by="an")
    await it.amends("approve", by="chen")
    await it.until(lambda view: [each.approval for each in view.approvals] == [OTHER])
    await it.amends("reject", "--note", "too dear", by="dai")
    await it.until(lambda view: bool(view.tasks))

    retried, _ = await it.amends("retry", by="an")

    assert repeated.startswith(f"repeated: rejected:{APPROVAL} of incident ")
    assert retried.startswith(f"recorded: rejected:{OTHER} of incident ")
    assert [each.data["task"] for each in it.entries(EntryKind.RETRY_REQUESTED)] == [
        f"rejected:{APPROVAL}",
        f"rejected:{OTHER}",
    ]


async def test_a_command_that_is_typed_twice_never_decides_about_two_things(it: Acted) -> None:
    """Dai may decide about both approvals, which come one after the other."""
    await asked(it, "SO-1007")
    await it.amends("approve", by="chen")
    await it.until(lambda view: [each.approval for each in view.approvals] == [OTHER])
    await it.amends("approve", by="dai")
    await it.until(lambda view: not view.approvals)

    again, _ = await it.amends("approve", by="dai")
    _, not_asked = await it.amends("approve", "cook", by="chen", expect=2)

    assert again.startswith("repeated: dai says yes to the approval of operations manager")
    assert "asks for no approval now" in not_asked
    assert len(it.entries(EntryKind.DECISION_RECEIVED)) == 2


async def test_who_has_decided_must_name_what_else_is_to_be_decided(it: Acted) -> None:
    await asked(it, "SO-1007")
    await it.amends("approve", by="chen")
    await it.until(lambda view: [each.approval for each in view.approvals] == [OTHER])

    _, told = await it.amends("approve", by="chen", expect=2)

    assert (
        f"chen has said yes to the approval of logistics lead already; to decide about {OTHER} too, name it: "
        f"amends approve {it.incident[:8]} {OTHER}\n"
    ) in told


async def test_what_was_refused_is_settled_by_hand_with_evidence(it: Acted, tmp_path: Path) -> None:
    """Letters to this customer come back."""
    slip = tmp_path / "call-note.txt"
    slip.write_text("called at nine")
    typed = ("--how", "told her by phone", "--evidence", str(slip), "--evidence", "call 4711")
    await asked(it, "SO-1009")
    await it.amends("approve", by="chen")
    await it.until(lambda view: [each.approval for each in view.approvals] == [OTHER])
    await it.amends("approve", by="dai")
    await it.until(lambda view: [each.task for each in view.tasks] == [LOOKING])

    out, _ = await it.amends("settle", *typed, by="an")
    again, _ = await it.amends("settle", *typed, by="an")

    assert out == f"recorded: {LOOKING} of incident {it.incident} is settled by hand\n"
    assert again.startswith("repeated: ")
    (settled,) = it.entries(EntryKind.TASK_SETTLED)
    digest = hashlib.sha256(b"called at nine").hexdigest()
    file = {"what": "call-note.txt", "sha256": digest, "type": "text/plain", "size": 14}
    assert settled.data["evidence"] == [file, {"what": "call 4711"}]
    view = await it.until(lambda view: not view.tasks)
    assert view.stage == "analysis"


async def test_what_cannot_be_undone_is_let_be_by_two_people(it: Acted) -> None:
    it.shop.fault(call="shipping.close_trace", kind=FaultKind.REFUSE, reason="TraceNotFound")
    await asked(it, "SO-1001")
    await it.amends("approve", by="chen")
    await it.until(lambda view: view.stage == "analysis" and view.due_at is not None)
    called_off, _ = await it.amends("cancel", "--reason", "found in the mail room", by="mei")
    await it.until(lambda view: [each.task for each in view.tasks] == [TRACE])

    waived, then = await it.amends("waive", "--reason", "the carrier stops by itself", by="an")
    await it.until(lambda view: bool(view.approvals))
    again, _ = await it.amends("waive", "--reason", "the carrier stops by itself", by="an")
    _, alone = await it.amends("approve", by="an", expect=2)
    await it.amends("approve", "--note", "so be it", by="dai")
    await it.client.get_workflow_handle(it.row.workflow_id).result()
    repeated, _ = await it.amends("cancel", "--reason", "found in the mail room", by="mei")

    assert called_off == f"recorded: incident {it.incident} is called off\n"
    assert waived == f"recorded: a second person is asked to let {TRACE} of incident {it.incident} be\n"
    assert f"another person than an approves it: amends approve {it.incident[:8]} waive:{TRACE}\n" in then
    assert again.startswith("repeated: ")
    assert "'an' has brought this here, and cannot approve it too" in alone
    assert it.row.status is Status.CANCELLED
    assert repeated.startswith("repeated: ")
    (request,) = it.entries(EntryKind.CANCEL_REQUESTED)
    assert (request.actor.id, request.data["reason"]) == ("mei", "found in the mail room")


async def test_a_plan_is_chosen_only_when_none_is_left(it: Acted) -> None:
    await asked(it, "SO-1001")

    _, told = await it.amends("choose", "refund", by="an", expect=2)

    assert "a plan is chosen by a person only when none is left" in told


async def test_without_a_name_and_with_a_wrong_one_what_is_open_is_said(it: Acted) -> None:
    await asked(it, "SO-1001")

    _, nothing = await it.amends("settle", "--how", "x", "--evidence", "y", expect=2)
    _, wrong = await it.amends("waive", "undo:nothing/1", "--reason", "x", expect=2)
    _, other = await it.amends("approve", "finance", expect=2)

    assert "nothing is left to a person in this incident" in nothing
    assert "no task 'undo:nothing/1' is open; open tasks: none" in wrong
    assert f"no open approval of incident {it.incident} answers to 'finance'; name the one that you mean: " in other
    assert f"`amends approve {it.incident[:8]} {APPROVAL}`" in other
