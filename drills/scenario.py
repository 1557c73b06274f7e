"""Scenarios: given this order, these faults and these acts at these moments, expect this story and this end.

They stand beside their runbook, in ``scenarios/<runbook>.yaml``::

    scenarios:
      no_capacity:                                 # its name, for `amends drill lost_parcel --scenario no_capacity`
        about: What it shows, in a sentence.
        demo: true                                 # `amends demo` plays it
        order: SO-1004                             # of the reference shop; `parcel:` if it is not the order's first
        report: {last_seen_at: …}                  # what the report carries beside order, parcel and line
        night: {from: 12h, to: 22h}                # from the opening on, and so every day; day all the time if not said
        faults:                                    # what the shop does wrong, `times` times (1 if not said)
          - {call: shipping.create_shipment, refuse: NoCapacity, times: 2}
          - {call: payments.refund, trouble: before}        # or `after`: done, but nobody is told
          - {call: customers.tell, trouble: none, times: 2} # goes well; the next line meets the third message
          - {call: customers.tell, refuse: Undeliverable}
        script:                                    # acts at moments counted from the opening …
          - {report: second-call, at: 3h}                   # reported again, under this key
          - {news: shipment.delivered, data: {delivered_to: locker}, at: 5h}  # the order system says so
          - {cancel: found behind the shelf, at: 30h}       # called off in Temporal, for this reason; `by: mei`: by her
          - {answer: analysis.ask.lost_parcel.reship_or_refund, choice: reship, at: 26h}
          - {answer: satisfaction, choice: 5, after: 2h}    # … or from when the question was asked; it is named by its
                                                            # step or by its message
          - {approve: logistics_lead, by: chen, after: 1h}  # from when it was asked for; named by role or step
          - {reject: finance, by: fang, after: 1h, note: "…"}
          - {retry: no_plan_left, by: an, after: 1d}                # from when the task was opened
          - {choose: refund, by: an, after: 1d}             # when no plan is left
          - {settle: "unknown:…/1", by: an, how: …, evidence: …, happened: true, after: 1d}
          - {acknowledge: an, after: 10m}                   # from when people were paged, and nobody had taken it on
          - {escalate: the customer is in hospital, by: an, at: 2h}
          - {snooze: 4h, by: an, reason: …, after: 10m}
          - {waive: "undo:…/1", reason: …, by: an, after: 1d}       # then {approve: "waive:undo:…/1", by: …}
        expect:                                    # what is not said is not looked at, but for:
          status: closed
          outcome: refund
          severity: medium
          effects:                                 # all of them in order, undos too, but for messages
            - inventory.reserve: applied           # applied | unknown | the refusal's name
            - shipping.create_shipment: NoCapacity
            - inventory.release: applied
          messages: [lost_parcel.looking]          # all that the customer was told or asked, in order
          tasks: []                                # all that is left to a person, by id
          approvals: [{finance: approved}]         # all that were asked for, in order, by role or step, and their end
          breaches: []                             # if it is said: all promises that were broken, in order
          pages:                                   # if it is said: all that were sent, in order; to a person or a role
            - {at: 30h, to: logistics, level: 1}
          facts: {choice: reship}                  # at the end
          ends: 40d 2h                             # when the last entry is written; `drill` begins with the longest
          moments:                                 # when an entry was written; each line takes the next that fits
            - {entry: plan_failed, of: reship, at: 26h}     # `26h 12d` is 26 hours and 12 days
          shop: {refunded: CNY 384.00, reserved: {TEA-TIEGUANYIN: 0}, shipments: 0, replacements: 0, holds: 0}
        further:                                   # other incidents on the order, each with its own name
          refunded_wrongly:
            open: refund_mismatch                  # its runbook
            at: 9d                                 # from the opening of the first, as all moments of the scenario
            report: {…}                            # with `parcel`, `script` and `expect` of its own
            expect: {…}
        conversation: [lost_parcel.looking]        # what the customer hears of all of them, in order

    unreachable:                                   # branches of the runbook that no scenario can come to, if any
      - {branch: action.reship/undone, why: Nothing in it can be refused.}

An act comes before anything else that falls due at its moment.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

import runbooks
from amends.connectors.shop import FaultKind
from amends.errors import DefinitionError
from amends.models import Data, Model
from drills.acts import Act, act_of
from drills.checking import TROUBLES, Check, report_of
from drills.written import (
    SHAPES,
    WrittenExpect,
    WrittenFault,
    WrittenPart,
    WrittenScenario,
    WrittenScenarios,
    WrittenUnreachable,
)
from runbooks.bundle import Bundle
from runbooks.language.problems import RunbookErrors
from runbooks.language.reading import read_as
from runbooks.language.source import Source
from runbooks.library import load, runbook_names
from runbooks.suggestions import meant


class Fault(Model):
    """As the shop's fault switch takes it."""

    call: str
    kind: FaultKind
    times: int
    reason: str = ""


class DrilledNight(Model):
    """The first night, as times since the opening; another follows every day."""

    begins: timedelta
    ends: timedelta


class Unreachable(Model):
    """A branch of the runbook that no scenario can reach, as its scenario file says at ``place`` (file:line:column)."""

    branch: str
    why: str
    place: str


class Part(Model):
    """One incident of a scenario, and all that is said of it. ``report`` is what opens it, ``at`` so long after the
    scenario begins."""

    bundle: Bundle
    name: str
    order_id: str
    at: timedelta = timedelta(0)
    report: Data
    script: tuple[Act, ...]
    expect: WrittenExpect

    @property
    def runbook(self) -> str:
        return self.bundle.exception_type

    @property
    def workflow_id(self) -> str:
        return self.bundle.workflow_id(self.report)


class Scenario(Part):
    """A scenario that fits its runbooks: every name in it is known. It is its own first incident.

    ``conversation``: what the customer hears of all its incidents, where there are ``further`` ones. ``unreachable`` is
    what its file says of the whole runbook; ``place``: file and line where the scenario begins. ``demo``: the demo
    plays it.
    """

    about: str
    demo: bool = False
    night: DrilledNight | None = None
    faults: tuple[Fault, ...]
    further: tuple[Part, ...] = ()
    conversation: tuple[str, ...] | None = None
    unreachable: tuple[Unreachable, ...] = ()
    place: str = ""

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its incidents, the first one first."""
        return (self, *self.further)


def load_scenarios(name_or_path: str | Path) -> tuple[Scenario, ...]:
    """The scenarios of a runbook that comes with Amends, by its name, or of any runbook, by a path ending in ``.yaml``.

    Raises ``RunbookErrors`` with all that is wrong in the runbook or in its scenarios, and ``DefinitionError`` for a
    runbook that does not exist or has no scenarios.
    """
    bundle = load(name_or_path)
    path = Path(name_or_path)

    def beside(name: str) -> Bundle:
        neighbour = path.with_stem(name)
        return load(neighbour if own and neighbour.exists() else name)

    own = path.suffix in (".yaml", ".yml")
    file = (path.parent if own else _SHIPPED) / "scenarios" / f"{path.stem}.yaml"
    shown = str(file) if own else str(file.relative_to(_SHIPPED.parent))
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DefinitionError(f"the runbook {str(name_or_path)!r} has no scenarios; write some", place=shown) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(f"the scenarios cannot be read as UTF-8 text: {error}", place=shown) from error
    return parse_scenarios(file=shown, text=text, bundle=bundle, others=beside)


def parse_scenarios(
    *, file: str, text: str, bundle: Bundle, others: Callable[[str], Bundle] = load
) -> tuple[Scenario, ...]:
    """The scenarios in a file's text, checked against the runbook. ``others`` gives the runbooks of further incidents,
    by their names. Raises ``RunbookErrors`` with all that is wrong."""
    source = Source(file, text)
    written = read_as(_FILE, source, shapes=SHAPES)
    known = cache(others)
    check = Check(source, bundle, known)
    for name, scenario in written.scenarios.items():
        check.scenario(("scenarios", name), scenario)
    check.unreachable(written.unreachable)
    if check.problems:
        raise RunbookErrors(check.problems)
    stated = tuple(_unreachable(source, number, each) for number, each in enumerate(written.unreachable))
    return tuple(
        _scenario(name, scenario, bundle, known, stated).model_copy(update={"place": _place(source, name)})
        for name, scenario in written.scenarios.items()
    )


def choose(scenarios: Sequence[Scenario], name: str) -> tuple[Scenario, ...]:
    """Those of this name. Raises ``DefinitionError`` that tells the known names if there is none."""
    chosen = tuple(scenario for scenario in scenarios if scenario.name == name)
    if not chosen:
        names = [scenario.name for scenario in scenarios]
        raise DefinitionError(f"there is no scenario {name!r}{meant(name, names)}; there are {', '.join(names)}")
    return chosen


def drilled_runbooks() -> list[str]:
    """The runbooks that come with Amends and have scenarios, sorted."""
    return [name for name in runbook_names() if (_SHIPPED / "scenarios" / f"{name}.yaml").exists()]


_SHIPPED = Path(runbooks.__file__).parent
_FILE = TypeAdapter(WrittenScenarios)


def _scenario(
    name: str,
    written: WrittenScenario,
    bundle: Bundle,
    others: Callable[[str], Bundle],
    unreachable: tuple[Unreachable, ...],
) -> Scenario:
    return Scenario(
        **_part(name, written, bundle, written.order),
        about=written.about,
        demo=written.demo,
        night=DrilledNight(begins=written.night.from_, ends=written.night.to) if written.night else None,
        faults=tuple(_fault(fault) for fault in written.faults),
        further=tuple(
            Part(**_part(each, further, others(further.open), written.order), at=further.at)
            for each, further in written.further.items()
        ),
        conversation=written.conversation,
        unreachable=unreachable,
    )


def _part(name: str, written: WrittenPart, bundle: Bundle, order: str) -> dict[str, Any]:
    return {
        "bundle": bundle,
        "name": name,
        "order_id": order,
        "report": report_of(written, bundle, order),
        "script": tuple(act_of(act, bundle, number) for number, act in enumerate(written.script)),
        "expect": written.expect,
    }


def _place(source: Source, name: str) -> str:
    at = source.key_problem(("scenarios", name), "")
    return f"{at.file}:{at.line}"


def _unreachable(source: Source, number: int, written: WrittenUnreachable) -> Unreachable:
    at = source.problem(("unreachable", number, "branch"), "")
    return Unreachable(branch=written.branch, why=written.why, place=f"{at.file}:{at.line}:{at.column}")


def _fault(written: WrittenFault) -> Fault:
    if written.refuse is not None:
        return Fault(call=written.call, kind=FaultKind.REFUSE, times=written.times, reason=written.refuse)
    assert written.trouble is not None, "checked"
    return Fault(call=written.call, kind=TROUBLES[written.trouble], times=written.times)
