from pathlib import Path

import pytest

from amends.errors import DefinitionError
from amends.models import Data, Severity
from runbooks import library
from runbooks.catalogue import CATALOGUE
from runbooks.expressions import holds
from runbooks.language.problems import RunbookErrors
from runbooks.language.texts import LANGUAGES
from runbooks.language.times_named import times_named
from runbooks.policy import GoalName
from runbooks.program import AskStep, DoStep, FactType, TellStep, Value, WaitStep
from tests.runbooks.builders import small

HERE = Path(library.__file__).parent
LOST_PARCEL = (HERE / "lost_parcel.yaml").read_text(encoding="utf-8")


def saved(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", library.runbook_names())
def test_every_runbook_that_comes_with_amends_is_right_and_called_as_its_file(name: str) -> None:
    assert library.load(name).exception_type == name


def test_the_ids_of_the_lost_parcels_steps_stay_as_they_are() -> None:
    program = library.load("lost_parcel").program

    assert [step.id for step in program.all_steps()] == [
        "report.orders.read",
        "report.measure.orders.hold",
        "report.shipping.read_parcel",
        "report.inventory.read_goods",
        "report.quality.read_contract",
        "report.tell.lost_parcel.looking",
        "analysis.ask.lost_parcel.received",
        "analysis.shipping.open_trace",
        "analysis.wait.trace",
        "analysis.decide.disputed",
        "analysis.shipping.ask_proof",
        "analysis.wait.proof",
        "analysis.shipping.file_claim",
        "analysis.inventory.check",
        "analysis.together",
        "analysis.wait.trace#2",
        "analysis.ask.lost_parcel.reship_or_refund",
        "analysis.decide.cause_code",
        "analysis.decide.liable",
        "action.self_resolved.tell.lost_parcel.arrived",
        "action.delivery_proven.tell.lost_parcel.proven",
        "action.resume_delivery.shipping.resume_delivery",
        "action.resume_delivery.tell.lost_parcel.on_its_way",
        "action.reship.approve.logistics_lead",
        "action.reship.orders.add_replacement",
        "action.reship.inventory.reserve",
        "action.reship.shipping.create_shipment",
        "action.reship.tell.lost_parcel.reshipped",
        "action.refund.approve.finance",
        "action.refund.payments.refund",
        "action.refund.tell.lost_parcel.refunded",
        "follow_up.decide.resolution_code",
        "follow_up.quality.observe",
        "follow_up.decide.prevention",
        "follow_up.shipping.complete_claim",
        "follow_up.shipping.intercept",
        "follow_up.together",
        "follow_up.wait.seen",
        "follow_up.wait.sent",
        "follow_up.ask.satisfaction",
        "follow_up.decide.turned_up",
        "follow_up.ask.lost_parcel.keep_or_return",
        "follow_up.payments.send_link",
        "follow_up.wait.link",
        "follow_up.orders.open_return",
        "follow_up.wait.goods_back",
        "follow_up.ledger.adjust",
        "follow_up.ledger.write_off",
        "follow_up.wait.claim",
        "follow_up.shipping.repay_claim",
    ]


def test_a_lost_parcel_is_a_workflow_of_its_own_for_each_parcel() -> None:
    bundle = library.load("lost_parcel")

    assert bundle.workflow_type == "LostParcel"
    assert bundle.workflow_id({"order_id": "SO-1001", "parcel_id": "PC-1001-1"}) == "lost_parcel:SO-1001:PC-1001-1"


def test_the_refund_is_what_has_not_been_refunded_yet() -> None:
    steps = {step.id: step for step in library.load("lost_parcel").program.all_steps()}

    refund = steps["action.refund.payments.refund"]

    assert isinstance(refund, DoStep)
    assert refund.final
    assert refund.inputs == {
        "order_id": Value(expr="report.order_id"),
        "parcel_id": Value(expr="report.parcel_id"),
        "amount": Value(expr="parcel.lines_refundable", money=True),
    }


def test_a_carrier_that_refuses_to_look_is_not_waited_for() -> None:
    bundle = library.load("lost_parcel")
    steps = {step.id: step for step in bundle.program.all_steps()}
    trace, wait = steps["analysis.shipping.open_trace"], steps["analysis.wait.trace"]
    assert isinstance(trace, DoStep)
    assert isinstance(wait, WaitStep)
    facts: Data = {"trace": trace.otherwise, "received": "unasked", "parcel": {"status": "in_transit"}}

    over = holds(wait.until, types=bundle.facts, facts=facts, rates=bundle.rates)

    assert over


def test_every_message_is_written_in_both_languages_and_names_only_facts() -> None:
    for name in library.runbook_names():
        bundle = library.load(name)
        sending = [step for step in bundle.program.all_steps() if isinstance(step, TellStep | AskStep)]

        keys = {step.message if isinstance(step, TellStep) else step.question for step in sending}
        keys |= {step.remind.message for step in sending if isinstance(step, AskStep) and step.remind}
        keys |= {goal.tell for goal in bundle.sla.goals.values() if goal.tell} if bundle.sla else set()
        keys |= {message for rule in bundle.clears for message in (rule.tell, rule.confirm) if message}

        assert keys == set(bundle.messages)
        assert all(set(texts) == {"en", "zh"} for texts in bundle.messages.values())
        assert all(set(step.values) <= set(bundle.facts) for step in sending)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_times_that_messages_promise_are_the_runbooks_deadlines(language: str) -> None:
    bundle = library.load("lost_parcel")
    asks = [step for step in bundle.program.all_steps() if isinstance(step, AskStep)]
    assert bundle.sla is not None
    heard_from = bundle.sla.goals[GoalName.UPDATE]

    (looking,) = times_named(bundle.messages["lost_parcel.looking"][language].body)

    assert all(looking.time >= heard_from.within.of(severity) for severity in Severity)
    for ask in asks:
        assert "{answer_within}" in bundle.messages[ask.question][language].body


def test_effects_are_undone_by_what_the_catalogue_names() -> None:
    for step in library.load("lost_parcel").program.all_steps():
        if isinstance(step, DoStep) and step.effect:
            assert step.final or (step.undo and step.undo.activity == CATALOGUE[step.activity].undone_by)


def test_the_same_text_has_the_same_digest_wherever_it_lies(tmp_path: Path) -> None:
    copy = library.load(saved(tmp_path, LOST_PARCEL))

    assert copy.digest == library.load("lost_parcel").digest
    assert type(copy).model_validate_json(copy.model_dump_json()).digest == copy.digest


def test_a_changed_deadline_changes_the_digest(tmp_path: Path) -> None:
    changed = library.load(saved(tmp_path, LOST_PARCEL.replace("answer_within: 48h", "answer_within: 47h")))

    assert changed.digest != library.load("lost_parcel").digest


def test_the_order_of_keys_and_the_comments_are_not_in_the_digest(tmp_path: Path) -> None:
    moved = LOST_PARCEL.replace(
        "  order_id: string\n  parcel_id: string\n", "  parcel_id: string\n  order_id: string\n"
    )
    medium = next(line for line in moved.splitlines() if line.startswith("  medium: "))
    moved = moved.replace(f"{medium}\n", "").replace("  otherwise: low\n", f"  otherwise: low\n{medium}\n# a remark\n")
    moved = moved.replace("{en: Lost parcel, zh: 物流丢失}", "{zh: 物流丢失, en: Lost parcel}")
    assert moved != LOST_PARCEL

    assert library.load(saved(tmp_path, moved)).digest == library.load("lost_parcel").digest


def test_a_company_runbook_is_loaded_by_its_path(tmp_path: Path) -> None:
    path = saved(tmp_path, small(("message: sorry", "message: lost_parcel.looking")))

    bundle = library.load(path)

    assert bundle.exception_type == "late_parcel"
    assert bundle.facts["order.total"] is FactType.MONEY
    assert set(bundle.messages) == {"lost_parcel.looking"}


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(DefinitionError, match="there is no runbook 'lost_parsel'; did you mean 'lost_parcel'"):
        library.load("lost_parsel")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"nowhere\.yaml: the file cannot be read: No such file"):
        library.load(tmp_path / "nowhere.yaml")
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("about: \xe9".encode("latin-1"))
    with pytest.raises(DefinitionError, match=r"latin\.yaml: the file is not UTF-8 text"):
        library.load(latin)


def test_problems_name_the_file_by_its_path(tmp_path: Path) -> None:
    path = saved(tmp_path, small())

    with pytest.raises(RunbookErrors) as caught:
        library.load(path)

    assert [(problem.file, problem.line) for problem in caught.value.problems] == [(str(path), 16)]
