"""English."""

from typing import assert_never

from runbooks.explaining.english.steps import Steps
from runbooks.explaining.english.words import lower, upper
from runbooks.explaining.items import (
    ApproveItem,
    AskItem,
    DecideItem,
    DoItem,
    Item,
    MeasureItem,
    RoundsItem,
    TellItem,
    TogetherItem,
    WaitItem,
)
from runbooks.explaining.model import Explanation, Held, Promises, Trouble, Undoing
from runbooks.explaining.reckoning import all_items
from runbooks.explaining.saying import code
from runbooks.program import IfUndecided


class English(Steps):
    def worst_case(self) -> str:
        return (
            "The limits of all waits, questions and approvals on the longest way, if the severity stays the same. Of "
            "what runs at the same time, the longest counts; of plans, all that can fail before one succeeds."
        )

    def verdict(self, held: Held) -> str:
        if held.keeps:
            return "kept"
        return "may be missed, if no working time is left over" if held.working_time else "may be missed"

    def counted(self, promises: Promises) -> str:
        if not promises.pauses:
            return "Held against the goals:"
        paused = self.listed(map(self.party, promises.pauses), either=True)
        return f"Held against the goals, without the time in which we wait for {paused}:"

    def not_counted(self, explanation: Explanation) -> list[str]:
        said = ["Not counted: what people take for their tasks. It has no limit."]
        items = [item for stage in explanation.stages for item in all_items(stage)]
        if any(isinstance(item, ApproveItem) and item.if_silent is IfUndecided.ESCALATE for item in items):
            said.append("Not counted: how long an approval takes when nobody has decided in time. It has no limit.")
        if any(isinstance(item, ApproveItem) and item.amount for item in items):
            said.append("Not counted: that an approval is asked anew when the amount has grown.")
        if explanation.opening.interrupts:
            said.append("Not counted: what an event that cuts in adds.")
        if any(cleared.confirm for cleared in explanation.opening.clears):
            said.append("Not counted: how long the customer is asked whether the cause is gone.")
        if explanation.promises.night and any(isinstance(item, AskItem) and not item.safety for item in items):
            said.append("Not counted: how long a question waits for the morning.")
        return said

    def trouble(self, trouble: Trouble) -> str:
        names = "; ".join(lower(self.activity(name)) for name in trouble.activities)
        if trouble.over is None:
            return f"When a system does not answer, these reads are tried until it does, without a limit: {names}."
        said = (
            f"Plus at most {self.duration(trouble.over)} for each call that meets trouble ({trouble.attempts} tries in "
        )
        return f"{said}all); after that a person must find out whether it happened: {names}."

    def undoing(self, undoing: Undoing) -> str:
        where = f" (plan {code(undoing.plan)})" if undoing.plan else ""
        by = lower(self.activity(undoing.by))
        return f"{self.activity(undoing.activity)}{where}: {'lifted' if undoing.measure else 'undone'} by “{by}”."

    def called_off(self, explanation: Explanation) -> list[str]:
        measures = any(undoing.measure for undoing in explanation.undone)
        return [
            "When a plan fails, what that plan has done is undone, newest first.",
            "When the incident is called off, questions and waits are withdrawn, calls under way are awaited, and all "
            "that was done is undone, newest first. What a plan that succeeded has done for the customer stands.",
            *(["Measures are lifted on every way out."] if measures else []),
        ]

    def final(self, activities: tuple[str, ...]) -> str:
        listed = self.listed([*(lower(self.activity(name)) for name in activities), "messages that were sent"])
        return f"Cannot be called back: {listed}."

    def silence(self, item: Item) -> str | None:
        match item:
            case AskItem():
                means = f"that means {self.operand(item.if_silent)}" if item.if_silent else "we go on without an answer"
                who = upper(self.asked(item))
                return f"{who} does not answer “{self.title(item.question)}” within {self.times(item.within)}: {means}."
            case WaitItem():
                who, within = self.party(item.waiting_for), self.times(item.at_most)
                return f"We wait for {who} at most {within}; then {self._assumed(item.assumed)}."
            case ApproveItem():
                means = (
                    "that becomes their task" if item.if_silent is IfUndecided.ESCALATE else "that counts as rejected"
                )
                return f"{upper(self.role(item.role))} does not decide within {self.times(item.within)}: {means}."
            case DoItem() | TellItem() | DecideItem() | MeasureItem() | TogetherItem() | RoundsItem():
                return None
            case _:
                assert_never(item)

    def silence_in_short(self, item: AskItem | WaitItem | ApproveItem) -> str:
        match item:
            case AskItem():
                means = f"it means {self.operand(item.if_silent)}" if item.if_silent else "we go on without an answer"
                return f"silent for {self.times(item.within)}: {means}"
            case WaitItem():
                return f"not within {self.times(item.at_most)}: {self._assumed(item.assumed)}"
            case ApproveItem():
                means = "it becomes their task" if item.if_silent is IfUndecided.ESCALATE else "counts as rejected"
                return f"silent for {self.times(item.within)}: {means}"
            case _:
                assert_never(item)

    def after_rounds(self, item: RoundsItem) -> str:
        return f"after {item.most} rounds"

    def always(self) -> list[str]:
        return [
            "Refused means: the other side said no, for a reason of its business. It is not tried again.",
            "If nobody can say whether something happened, nothing is undone or goes on before a person has found out.",
            "If an undo does not work, it becomes a person's task.",
        ]

    def nobody_awaited(self) -> str:
        return "Nobody is asked, and nobody is waited for."

    def nothing_undone(self) -> str:
        return "It does nothing that could be undone."
