"""English: the steps and the plans."""

from typing import assert_never

from runbooks.explaining.conditions import Condition
from runbooks.explaining.english.frame import Frame
from runbooks.explaining.english.words import lower, upper
from runbooks.explaining.items import (
    ApproveItem,
    AskItem,
    Assumed,
    ChoiceItem,
    DecideItem,
    DoItem,
    Input,
    Item,
    Limit,
    MeasureItem,
    PlanItem,
    Refusal,
    RoundsItem,
    TellItem,
    Then,
    TogetherItem,
    WaitItem,
)
from runbooks.explaining.labels import Told
from runbooks.explaining.saying import code
from runbooks.program import AnswerKind, IfUndecided

_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
_DECIDED = " What is offered is decided when the question goes out."
_THEN = {
    Then.PLAN_FAILS: "the plan fails",
    Then.TASK: "it becomes a person's task",
    Then.CONTINUE: "we go on without it",
}


class Steps(Frame):
    def step(self, item: Item) -> Told:
        match item:
            case DoItem():
                return self._do(item)
            case TellItem():
                sentence = f"Write to {self.party(item.to)}: “{self.title(item.message)}”."
                return Told(sentence=self._if(item.only_if, sentence), details=self._sent(item))
            case AskItem():
                return self._ask(item)
            case ApproveItem():
                return self._approve(item)
            case DecideItem():
                choices = "; ".join(f"{code(each.name)} {self._offered(each)}" for each in item.choices)
                sentence = f"Decide {code(item.fact)}: {choices}; otherwise {code(item.otherwise)}."
                return Told(sentence=sentence, details=("The first that holds counts.",))
            case MeasureItem():
                sentence = f"For the time being: {lower(self.activity(item.activity))}{self._inputs(item.inputs)}."
                lifted = f"Lifted as soon as {self.condition(item.until)}, and on every way out: "
                lifted += f"{lower(self.activity(item.lift))}."
                return Told(sentence=self._if(item.only_if, sentence), details=(lifted, self._refused(item.refusal)))
            case WaitItem():
                return self._wait(item)
            case TogetherItem():
                return Told(sentence=self._if(item.only_if, "At the same time, until all of them are done:"))
            case RoundsItem():
                sentence = f"In rounds, {item.most} at most, until {self.condition(item.until)}:"
                return Told(sentence=self._if(item.only_if, sentence))
            case _:
                assert_never(item)

    def plans(self) -> str:
        said = (
            "The first plan whose condition holds is tried. If it fails, what it has done is undone, newest first, and "
        )
        said += "the next whose condition holds is tried. If none is left, a person takes over. When a plan has "
        return said + "succeeded, the customer is whole (we owe them nothing more) and the incident is resolved."

    def plan(self, plan: PlanItem, *, first: bool, twin: str | None) -> str:
        if plan.only_if is not None:
            behind = (
                f"; with the same condition as {code(twin)}, it is tried only after that has failed" if twin else ""
            )
            return f"Plan {code(plan.name)}, if {self.condition(plan.only_if)}{behind}:"
        return f"Plan {code(plan.name)}, {'always' if first else 'when none above it is left to try'}:"

    def _do(self, item: DoItem) -> Told:
        details = []
        if item.effect:
            back = f"It can be taken back: {lower(self.activity(item.undone_by))}." if item.undone_by else None
            details.append(back or "It cannot be called back.")
        if item.limit:
            details.append(f"At most {self._limits(item.limit)}.")
        if item.refusal:
            details.append(self._refused(item.refusal))
        if item.otherwise:
            goes_on = item.refusal is not None and Then.CONTINUE in (item.refusal.then, item.refusal.after_final)
            ways = [*(["skipped"] if item.only_if else []), *(["refused"] if goes_on else [])]
            if ways:
                details.append(f"If it is {self.listed(ways, either=True)}, {self._assumed(item.otherwise)}.")
        sentence = f"{self.activity(item.activity)}{self._inputs(item.inputs)}."
        return Told(sentence=self._if(item.only_if, sentence), details=tuple(details))

    def _ask(self, item: AskItem) -> Told:
        details = []
        if item.after is not None:
            or_when = ", or earlier when everything beside it is done" if item.beside_others else ""
            details.append(f"Asked {self.times(item.after)} after this step begins{or_when}.")
        details.append(self._answers(item))
        silence = (
            f"silence means {self.operand(item.if_silent)}"
            if item.if_silent
            else "silence means that we go on without an answer"
        )
        since = "from its delivery" if item.role is None else "from then on"
        details.append(f"An answer is awaited for {self.times(item.within)} {since}; {silence}.")
        if item.reminder is not None:
            when = self.listed([self.duration(each) for each in item.reminded])
            details.append(f"Meanwhile “{self.title(item.reminder)}” is sent {when} after the delivery.")
        if item.save_as:
            details.append(f"The answer is kept as {code(item.save_as)}{self._not_asked(item)}.")
        sentence = f"Ask {self.asked(item)}: “{self.title(item.question)}”"
        sentence += "" if sentence.endswith("?”") else "."
        return Told(sentence=self._if(item.only_if, sentence), details=(*details, *self._sent(item)))

    def asked(self, item: AskItem) -> str:
        """Who is asked."""
        return self.role(item.role) if item.role is not None else self.party(item.to)

    def _answers(self, item: AskItem) -> str:
        match item.answer:
            case AnswerKind.CHOICE:
                choices = ", ".join(
                    f"{code(each.name)}{f' {self._offered(each)}' if each.when else ''}" for each in item.choices
                )
                decided = any(each.when for each in item.choices)
                return f"The choices: {choices}.{_DECIDED if decided else ''}"
            case AnswerKind.TEXT:
                return "The answer is a text."
            case AnswerKind.AMOUNT:
                bounds = [f"at least {self.operand(item.at_least)}"] if item.at_least else []
                bounds += [f"at most {self.operand(item.at_most)}"] if item.at_most else []
                limits = f", {self.listed(bounds)}, as it is when it is asked" if bounds else ""
                return f"The answer is an amount in the order's currency{limits}."
            case AnswerKind.FILES:
                many = str(item.most) if item.fewest == item.most else f"{item.fewest} to {item.most}"
                return f"The answer is files: {many}. They are kept as evidence."
            case _:
                assert_never(item.answer)

    def _not_asked(self, item: AskItem) -> str:
        ways = ["is not asked"] if item.only_if else []
        ways += ["cannot be delivered"] if item.refusal is not None and item.refusal.then is Then.CONTINUE else []
        ways += ["is not answered"] if item.if_silent is None else []
        if not ways or item.otherwise is None:
            return ""
        return f"; it is {self.operand(item.otherwise)} if the question {self.listed(ways, either=True)}"

    def _limits(self, limit: Limit) -> str:
        parts = [f"{self.money(limit.cap)} for an order in all"] if limit.cap else []
        parts += [f"{self.money(limit.per_day)} on a day for all orders"] if limit.per_day else []
        return self.listed(parts)

    def _approve(self, item: ApproveItem) -> Told:
        match item.if_silent:
            case IfUndecided.ESCALATE:
                silence = "it becomes their task, and a role that may approve more can decide too"
            case IfUndecided.REJECT:
                silence = "it counts as rejected"
            case _:
                assert_never(item.if_silent)
        within = f"The decision is due within {self.times(item.within)}; silence never means yes: {silence}."
        rejected = self._then("it is rejected", item.rejected)
        who = "Somebody" if item.approvers == 1 else f"{upper(_NUMBERS[item.approvers])} people"
        about = f" {self.operand(item.amount)}" if item.amount else ""
        sentence = f"{who} of {self.role(item.role)} who did not ask for it must approve{about}."
        more = ["More is not approved by it: for that, it is asked anew."] if item.amount else []
        return Told(sentence=self._if(item.only_if, sentence), details=(*more, within, rejected))

    def _wait(self, item: WaitItem) -> Told:
        details = [f"At most {self.times(item.at_most)}; then {self._assumed(item.assumed)}."]
        if item.look is not None:
            look = lower(self.activity(item.look.activity))
            details.append(f"Every {self.duration(item.look.every)}, and at once when there is news: {look}.")
        sentence = f"Wait for {self.party(item.waiting_for)} until {self.condition(item.until)}."
        return Told(sentence=self._if(item.only_if, sentence), details=tuple(details))

    def _if(self, only_if: Condition | None, sentence: str) -> str:
        return sentence if only_if is None else f"If {self.condition(only_if)}: {lower(sentence)}"

    def _refused(self, refusal: Refusal) -> str:
        return self._then(f"it is refused ({', '.join(map(code, refusal.reasons))})", refusal)

    def _sent(self, item: TellItem | AskItem) -> tuple[str, ...]:
        """When a message goes out, and what becomes of one that does not arrive."""
        at_night = ("As it concerns the customer's safety, it goes out at night too.",) if item.safety else ()
        if item.refusal is None:
            return ("Whoever is on duty is paged until somebody takes it on; only one of the role can answer.",)
        return (*at_night, self._undelivered(item.refusal))

    def _undelivered(self, refusal: Refusal) -> str:
        return self._then("it cannot be delivered", refusal)

    def _then(self, what: str, refusal: Refusal) -> str:
        said = f"If {what}, {_THEN[refusal.then]}"
        if refusal.after_final is None:
            return f"{said}."
        return f"{said}; where something that cannot be called back was done before, {_THEN[refusal.after_final]}."

    def _assumed(self, assumed: tuple[Assumed, ...]) -> str:
        facts = self.listed(f"{self.fact(each.path)} is {self.value(each.value)}" for each in assumed)
        return f"we take it that {facts}"

    def _offered(self, choice: ChoiceItem) -> str:
        return f"(if {self.condition(choice.when)})" if choice.when else "(always)"

    def _inputs(self, inputs: tuple[Input, ...]) -> str:
        said = self.listed(f"{self.field(each.name)}: {self.operand(each.value)}" for each in inputs) if inputs else ""
        return f" ({said})" if said else ""
