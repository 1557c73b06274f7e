"""English: what opens an incident, how severe it is, what is promised, and who is paged."""

from typing import assert_never

from runbooks.explaining.conditions import Condition
from runbooks.explaining.english.words import TYPES, Words, lower, upper
from runbooks.explaining.items import Message
from runbooks.explaining.labels import Told
from runbooks.explaining.model import (
    Cleared,
    Expected,
    Explanation,
    ExternalDeadline,
    Goal,
    Interrupt,
    Ladder,
    Matched,
    Opening,
    Page,
    Promises,
    ReportField,
    RoleInfo,
    SetByOthers,
    Severities,
    SeverityRule,
    Tasks,
)
from runbooks.explaining.saying import code, hours_of
from runbooks.local_time import time_of_day
from runbooks.policy import GoalName


class Frame(Words):
    def about(self, explanation: Explanation) -> list[str]:
        said = [explanation.about] if explanation.about else []
        return [*said, f"This is the runbook {code(explanation.name)}, read back in plain words."]

    def reported(self, opening: Opening) -> str:
        needed = [self._reported_field(field) for field in opening.report if not field.optional]
        further = [self._reported_field(field) for field in opening.report if field.optional]
        said = "A report opens an incident, from a person or a system. "
        said += f"It must carry {self.listed(needed)}" if needed else "It need not carry anything"
        return said + (f"; it may carry {self.listed(further)}." if further else ".")

    def opened_by(self, rule: Expected | Matched) -> str:
        match rule:
            case Expected():
                said = f"An order event opens one: {code(rule.expect)} does not follow {code(rule.after)} "
                said += self._in_time(rule)
                return f"{said}. It opens {self.duration(rule.grace)} later." if rule.grace else f"{said}."
            case Matched():
                return f"An order event opens one when {self.condition(rule.condition)}."
            case _:
                assert_never(rule)

    def _in_time(self, rule: Expected) -> str:
        said = f"by {code(rule.by or '')}"
        if rule.late_after is not None:
            said = f"within {self.duration(rule.late_after)}"
        elif rule.within is not None:
            said = f"within what {code(rule.within)} gives"
        return f"{said}, to the end of that day in {rule.whole_day_in}" if rule.whole_day_in else said

    def one_at_a_time(self, opening: Opening) -> list[str]:
        subject = self.listed(self.field(name) for name in opening.subject)
        said = [f"There is one open incident for each {subject}; a later report about the same is added to it."]
        if opening.reopen_for is None:
            said.append("A report after the end opens a new incident, which names the old one.")
        else:
            within = self.duration(opening.reopen_for)
            said.append(
                f"A report after the end opens a new incident, which names the old one; within {within} it reopens it, "
                "and goes on counting how often it was reported."
            )
        if opening.supersedes:
            names = self.listed(map(code, opening.supersedes))
            said.append(
                f"When an incident of {names} is open on the same subject, its clocks and questions are taken over."
            )
        return said

    def interrupted(self, interrupt: Interrupt) -> str:
        only_if = f", if {self.condition(interrupt.only_if)}" if interrupt.only_if else ""
        return f"At any moment, {code(interrupt.on)} starts the plan {code(interrupt.plan)}{only_if}."

    def cleared(self, cleared: Cleared) -> str:
        only_if = f", if {self.condition(cleared.only_if)}" if cleared.only_if else ""
        said = f"At any moment before the customer is whole, {code(cleared.on)} clears the incident{only_if}: what was "
        said += f"done is undone, the customer is told “{self.title(cleared.tells)}”, and it closes. "
        doubt = "a person has reported it, or if the parcel was left with somebody else than the customer"
        if cleared.confirm is None or cleared.within is None:
            return f"{said}Not if {doubt}."
        asked = f"the customer is asked “{self.title(cleared.confirm)}” first, for {self.times(cleared.within)}"
        unless = "if they say no, or cannot be asked" if cleared.by_silence else "if they do not say yes"
        return f"{said}If {doubt}, {asked}; {unless}, it goes on."

    def severity_rules(self, severities: Severities) -> list[str]:
        said = [
            f"{upper(self.severity(each.severity))}: {self.condition(each.condition)}{self._near(each)}."
            for each in severities.rules
        ]
        return [*said, f"{upper(self.severity(severities.otherwise))}: in all other cases."]

    def severity_changes(self, severities: Severities) -> str:
        if not severities.rules:
            return "It is always the same."
        near = " or a deadline comes near" if any(each.near for each in severities.rules) else ""
        said = f"The first that holds counts. It is decided anew whenever a fact changes{near}; "
        return f"{said}what is not known yet does not hold."

    def _near(self, rule: SeverityRule) -> str:
        spans = (
            f"the deadline {self.field(name)} is no more than {self.duration(span)} away, or over, and nothing done "
            "for it"
            for name, span in rule.near.items()
        )
        return "".join(f"; or {each}" for each in spans)

    def goal_if(self, name: GoalName, condition: Condition) -> str:
        return f"{self.goal(name)}, if {self.condition(condition)}"

    def clock(self, goal: Goal) -> str:
        return f"in the working time of {code(goal.calendar)}" if goal.calendar else "round the clock"

    def promised(self, promises: Promises) -> list[str]:
        if not promises.goals:
            return ["This runbook promises no times.", *self._at_night(promises)]
        said = []
        if promises.warn_at:
            parts = self.listed(f"{part}%" for part in promises.warn_at)
            said.append(f"There is a warning at {parts} of a goal's time.")
        if promises.pauses:
            said.append(
                f"The clocks stop while we wait for {self.listed(map(self.party, promises.pauses), either=True)}."
            )
        said += [self._by_itself(goal.tells, promises) for goal in promises.goals if goal.tells is not None]
        return [*said, *self._at_night(promises)]

    def set_by_others(self, deadline: ExternalDeadline) -> Told:
        sentence = f"Set by others: {self.field(deadline.name)}. It counts from {self.fact(deadline.starts)}, never "
        sentence += f"pauses, and its length stands in the table {code(deadline.table)}."
        rows = [self.row(row) for row in deadline.rows]
        if deadline.protect_by is None:
            return Told(sentence=sentence, details=(*rows, "It is kept when the customer is whole."))
        protect = f"At the last safe moment, {self.duration(deadline.safe_before)} before the deadline, we protect "
        protect += f"ourselves: {lower(self.activity(deadline.protect_by))}."
        asked = []
        if deadline.approve is not None and deadline.decide_within is not None:
            earlier = self.times(deadline.decide_within)
            asked.append(f"{upper(self.role(deadline.approve))} approves that first, and is asked {earlier} earlier.")
        return Told(sentence=sentence, details=(*rows, protect, *asked))

    def row(self, row: SetByOthers) -> str:
        places = [place for place in (row.jurisdiction, row.marketplace) if place]
        where = f"In {' on '.join(map(code, places))}" if places else "Anywhere"
        return f"{where}: {self.duration(row.value)}, since {row.since.isoformat()}. Source: {row.source.rstrip('.')}."

    def when_paged(self, ladders: tuple[Ladder, ...]) -> str:
        if not ladders:
            return "Nobody is paged: the runbook has no ladder. A task for a person waits until somebody looks."
        return (
            "People are paged only while a person owes a move. Whoever acknowledges stops the ladder; while the move "
            "is still owed, the same people are paged again later, and when who acknowledged goes off duty. If nothing "
            "else is said, later means after the time that they have for a task."
        )

    def paged(self, ladder: Ladder) -> str:
        pages = [self._page(page) for page in ladder.pages]
        ends = f"after {self.duration(ladder.ends_after)} without an acknowledgement the ladder is at its end: that is "
        ends += "an alert, and the last are paged on"
        return f"{upper(self.severity(ladder.severity))}: {'; '.join(pages)}; {ends}."

    def on_duty(self, role: RoleInfo) -> str:
        people = "one person" if role.people == 1 else f"{role.people} people"
        who = (
            f"{people}, a roster says who is on ({role.zone})"
            if role.rostered
            else f"{people}, no roster: all are paged"
        )
        return f"{upper(self.role(role.name))}: {who}{self._quiet(role)}{self._limit(role)}."

    def left_to(self, tasks: Tasks) -> str:
        within = self.times(tasks.within)
        return f"What is left to a person is a task of {self.role(tasks.owner)}, to be done within {within}."

    def _by_itself(self, message: Message, promises: Promises) -> str:
        when = f"at {promises.warn_at[-1]}% of that time" if promises.warn_at else "at the end of that time"
        said = f"When the customer has heard nothing from us for long, “{self.title(message)}” goes out by itself, "
        return f"{said}{when}."

    def _at_night(self, promises: Promises) -> list[str]:
        if promises.night is None:
            return []
        begins, ends = hours_of(promises.night)
        whose = f"where the customer is, or in {promises.night.zone} if nobody knows"
        left = (
            f"From {begins} to {ends} ({whose}) nothing is said to the customer, and nothing asked, but what concerns "
        )
        return [f"{left}their safety: it goes out in the morning."]

    def _quiet(self, role: RoleInfo) -> str:
        """When one of a role is not paged, and for what."""
        if role.quiet is None:
            return ""
        zone = "" if role.rostered else f" ({role.zone})"
        hours = f"from {time_of_day(role.quiet.begins)} to {time_of_day(role.quiet.ends)}{zone}"
        return f"; {hours} nobody is paged for what is milder than {self.severity(role.quiet.above)}"

    def _limit(self, role: RoleInfo) -> str:
        """What one of a role may approve."""
        parts = [f"{self.money(role.approves_up_to)} for an order"] if role.approves_up_to else []
        parts += [f"{self.money(role.approves_per_day)} on a day"] if role.approves_per_day else []
        return f"; each approves up to {self.listed(parts)}" if parts else ""

    def _page(self, page: Page) -> str:
        when = f"after {self.duration(page.after)}" if page.after else "at once"
        more = [f"{page.times} times, every {self.duration(page.every)}"] if page.times > 1 else []
        if page.again_after is not None:
            more.append(f"again {self.duration(page.again_after)} after an acknowledgement")
        return f"{self.role(page.role)} {when}" + (f" ({'; '.join(more)})" if more else "")

    def _reported_field(self, field: ReportField) -> str:
        return f"{self.field(field.name)} ({TYPES[field.type]})"
