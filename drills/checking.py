"""Whether a scenario means something: every name in it is checked before it is played."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from amends.connectors.shop import CALLS, FaultKind
from amends.connectors.shop.sample import sample
from amends.errors import DefinitionError
from amends.models import Data
from drills.abouts import Abouts
from drills.branches import branches
from drills.checking_acts import approvals_of, mistakes, people_of, task_mistakes
from drills.written import (
    Verdict,
    WrittenExpect,
    WrittenFault,
    WrittenFurther,
    WrittenPage,
    WrittenPart,
    WrittenScenario,
    WrittenShop,
    WrittenUnreachable,
)
from drills.written_acts import WrittenAct
from runbooks.bundle import Bundle
from runbooks.catalogue import CATALOGUE, EXPOSURE_REFUSALS, MESSAGES, NEVER_ARRIVED
from runbooks.language.people import LONGEST_NIGHT
from runbooks.language.problems import Problem
from runbooks.language.source import Path, Source
from runbooks.library import load
from runbooks.suggestions import meant

TROUBLES: dict[str, FaultKind] = {
    "before": FaultKind.TROUBLE,
    "after": FaultKind.TROUBLE_AFTER,
    "error": FaultKind.ERROR,
    "late": FaultKind.DELAY,
    "none": FaultKind.GOES_WELL,
}
"""What the shop does at a call, by the words of a scenario."""


def report_of(written: WrittenPart, bundle: Bundle, order: str) -> Data:
    """What the report of an incident of a scenario carries, order, parcel and line as far as the runbook asks for them.
    Parcel and line are the order's first unless another is named."""
    parcel = written.parcel or f"{order.replace('SO', 'PC', 1)}-1"
    about: Data = {"order_id": order, "parcel_id": parcel, "line_id": f"{order}/1"}
    return {field: about[field] for field in about if field in bundle.report} | written.report


class Check:
    """Gathers the problems of scenarios, at their places. ``others`` gives the runbooks of further incidents."""

    def __init__(self, source: Source, bundle: Bundle, others: Callable[[str], Bundle] = load) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._bundle = bundle
        self._others = others
        self._shop = sample()
        self._abouts = Abouts(bundle)

    def scenario(self, path: Path, written: WrittenScenario) -> None:
        """Check one scenario; ``path`` leads to it."""
        self._known((*path, "order"), "the shop has no order", written.order, self._shop.orders)
        self._night((*path, "night"), written)
        for number, fault in enumerate(written.faults):
            self._fault((*path, "faults", number), fault)
        self._part(path, written, written.order)
        self._stock((*path, "expect", "shop", "reserved"), written)
        heard: list[Iterable[str] | None] = [self._bundle.messages]
        for name, further in written.further.items():
            heard.append(self._further((*path, "further", name), further, written.order))
            if name == path[-1]:
                self._of_key((*path, "further", name), "the scenario has this name itself; give the incident another")
        self._conversation(path, written, heard)

    def unreachable(self, written: Sequence[WrittenUnreachable]) -> None:
        """Check what is said to be out of every scenario's reach: branches of the runbook, each once."""
        known = [branch.id for branch in branches(self._bundle.program)]
        stated: set[str] = set()
        for number, each in enumerate(written):
            path = ("unreachable", number, "branch")
            if each.branch in stated:
                self._of(path, f"the branch {each.branch!r} is here twice; keep one")
            elif each.branch not in known:
                hint = meant(each.branch, known) or "; `amends drill` names those that are not reached"
                self._of(path, f"the runbook has no branch {each.branch!r}{hint}")
            stated.add(each.branch)

    def _part(self, path: Path, written: WrittenPart, order: str) -> None:
        self._parcel((*path, "parcel"), written, order)
        self._report(path, written, order)
        for number, act in enumerate(written.script):
            self._act((*path, "script", number), act)
        self._expect((*path, "expect"), written.expect)
        self._names((*path, "expect"), written)

    def _further(self, path: Path, written: WrittenFurther, order: str) -> Iterable[str] | None:
        """The messages of its runbook, if there is one."""
        try:
            bundle = self._others(written.open)
        except DefinitionError as error:
            self._of((*path, "open"), str(error))
            return None
        check = Check(self._source, bundle)
        check._part(path, written, order)
        self.problems += check.problems
        if written.expect.shop != WrittenShop():
            self._of((*path, "expect", "shop"), "the shop is one; say this in the scenario's `expect`")
        return bundle.messages

    def _conversation(self, path: Path, written: WrittenScenario, heard: Sequence[Iterable[str] | None]) -> None:
        """``heard``: the messages of each runbook, as far as there is one."""
        if written.further and written.conversation is None:
            self._of_key((*path, "further"), "say what is heard of all of them, in order: `conversation: […]`")
        if written.conversation is not None and not written.further:
            self._of_key((*path, "conversation"), "there is one incident, with its `messages`; leave this out")
        known = [message for messages in heard for message in messages or ()]
        for number, message in enumerate(written.conversation or ()):
            if None not in heard:
                self._known((*path, "conversation", number), "none of the runbooks has a message", message, known)

    def _parcel(self, path: Path, written: WrittenPart, order: str) -> None:
        if written.parcel is None:
            return
        if "parcel_id" not in self._bundle.report:
            name = self._bundle.exception_type
            self._of(path, f"a report of a {name} names no parcel; leave `parcel` out")
        elif order in self._shop.orders:
            number = order.replace("SO", "PC", 1)
            parcels = [f"{number}-{n}" for n, _ in enumerate(self._shop.orders[order].parcels, start=1)]
            self._known(path, f"{order} has no parcel", written.parcel, parcels)

    def _report(self, path: Path, written: WrittenPart, order: str) -> None:
        fields = self._bundle.report
        for field in written.report:
            if field not in fields:
                self._of_key((*path, "report", field), f"a report has no field {field!r}{meant(field, fields)}")
        given = report_of(written, self._bundle, order)
        missing = [field for field in fields if field not in given and field not in self._bundle.report_optional]
        if missing:
            self._of((*path, "report"), f"the report lacks {', '.join(map(repr, missing))}; add it under `report`")

    def _night(self, path: Path, written: WrittenScenario) -> None:
        lasts = written.night.to - written.night.from_ if written.night is not None else None
        if lasts is not None and not timedelta(0) < lasts <= LONGEST_NIGHT:
            hours = LONGEST_NIGHT // timedelta(hours=1)
            self._of(path, f"a night takes some hours, and {hours} at the most; give `from` and `to` such times")

    def _fault(self, path: Path, fault: WrittenFault) -> None:
        known = self._known((*path, "call"), "the shop has no call", fault.call, CALLS)
        if (fault.refuse is None) == (fault.trouble is None):
            self._of(
                path,
                f"say what the shop does: either `refuse: <reason>` or `trouble: {' | '.join(TROUBLES)}`",
            )
        elif fault.trouble is not None:
            self._known((*path, "trouble"), "there is no trouble", fault.trouble, TROUBLES)
        elif fault.refuse is not None and known and fault.call in CATALOGUE:
            refusals = CATALOGUE[fault.call].refusals
            self._known((*path, "refuse"), f"{fault.call} never refuses with", fault.refuse, refusals)

    def _act(self, path: Path, act: WrittenAct) -> None:
        for key, complaint in mistakes(act, self._bundle):
            self._of((*path, key) if key else path, complaint)

    def _expect(self, path: Path, expect: WrittenExpect) -> None:
        for number, effect in enumerate(expect.effects):
            self._effect((*path, "effects", number), effect)
        for number, message in enumerate(expect.messages):
            self._known((*path, "messages", number), "the runbook has no message", message, self._bundle.messages)
        for number, task in enumerate(expect.tasks):
            for _, complaint in task_mistakes("", task, self._bundle):
                self._of((*path, "tasks", number), complaint)
        for number, approval in enumerate(expect.approvals or ()):
            self._approval((*path, "approvals", number), approval)
        for number, page in enumerate(expect.pages or ()):
            self._page((*path, "pages", number), page)
        for number, goal in enumerate(expect.breaches or ()):
            goals = [each.value for each in self._bundle.sla.goals] if self._bundle.sla else []
            self._known((*path, "breaches", number), "the runbook does not promise", goal, goals)
        for fact in expect.facts:
            if fact not in self._bundle.facts:
                at = (*path, "facts", fact)
                self._of_key(at, f"the runbook has no fact {fact!r}{meant(fact, self._bundle.facts)}")

    def _names(self, path: Path, written: WrittenPart) -> None:
        """The names that an expected outcome and expected moments give to plans, steps, messages, choices, …"""
        outcome = written.expect.outcome
        if outcome is not None:
            self._known((*path, "outcome"), "no incident comes to", outcome, self._abouts.outcomes(written))
        for number, moment in enumerate(written.expect.moments):
            names = self._abouts.of(moment.entry, written)
            at = (*path, "moments", number, "of")
            if moment.of is not None and names:
                self._known(at, f"no {moment.entry} is about", moment.of, names)
            elif moment.of is not None:
                self._of(at, f"{moment.entry} is about nothing here that has a name; leave out `of`")

    def _stock(self, path: Path, written: WrittenScenario) -> None:
        if written.order in self._shop.orders:
            skus = {line.sku for parcel in self._shop.orders[written.order].parcels for line in parcel.lines}
            for sku in written.expect.shop.reserved:
                if sku not in skus:
                    hint = meant(sku, skus) or f"; there are {', '.join(sorted(skus))}"
                    self._of_key((*path, sku), f"{written.order} has no {sku!r} in it{hint}")

    def _effect(self, path: Path, effect: dict[str, str]) -> None:
        if len(effect) > 1:
            self._of(path, "one effect a line, with its outcome, such as `- inventory.reserve: applied`")
        effects = [name for name, spec in CATALOGUE.items() if spec.effect and name not in MESSAGES]
        for name, outcome in effect.items():
            if name not in effects:
                self._of_key((*path, name), f"there is no effect {name!r}{meant(name, effects)}")
            else:
                by_journal = EXPOSURE_REFUSALS if CATALOGUE[name].remedy is not None else ()
                outcomes = ("applied", "unknown", NEVER_ARRIVED, *CATALOGUE[name].refusals, *by_journal)
                self._known((*path, name), f"{name} never ends with", outcome, outcomes)

    def _approval(self, path: Path, approval: Mapping[str, Verdict]) -> None:
        if len(approval) > 1:
            self._of(path, "one approval a line, with what became of it, such as `- finance: approved`")
        known = approvals_of(self._bundle)
        for name in approval:
            if name not in known and not name.startswith("waive:"):
                hint = meant(name, known) or f"; there are {', '.join(known) or 'none'}"
                self._of_key((*path, name), f"the runbook has no approval of {name!r}{hint}")

    def _page(self, path: Path, page: WrittenPage) -> None:
        levels = len(self._bundle.escalation)
        if not levels:
            self._of(path, "the runbook pages nobody; give it an `escalation`, or leave this out")
            return
        known = [*self._bundle.roles, *people_of(self._bundle)]
        self._known((*path, "to"), "there is neither a role nor a person", page.to, known)
        if page.level > levels:
            self._of((*path, "level"), f"the ladder has {levels} levels, not {page.level}")

    def _known(self, path: Path, complaint: str, word: str, known: Iterable[str]) -> bool:
        names = list(known)
        if word not in names:
            known_ones = ", ".join(sorted(set(names)))
            self._of(path, f"{complaint} {word!r}{meant(word, names) or '; there are ' + known_ones}")
        return word in names

    def _of(self, path: Path, message: str) -> None:
        self.problems.append(self._source.problem(path, message))

    def _of_key(self, path: Path, message: str) -> None:
        self.problems.append(self._source.key_problem(path, message))
