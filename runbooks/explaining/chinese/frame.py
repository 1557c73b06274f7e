"""Chinese: what opens an incident, how severe it is, what is promised, and who is paged."""

from typing import assert_never

from runbooks.explaining.chinese.words import TYPES, Words
from runbooks.explaining.conditions import Condition
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
        said = [f"原文说明：{explanation.about}"] if explanation.about else []
        return [*said, f"本页以通俗文字说明处理流程 {code(explanation.name)}。"]

    def reported(self, opening: Opening) -> str:
        needed = [self._reported_field(field) for field in opening.report if not field.optional]
        further = [self._reported_field(field) for field in opening.report if field.optional]
        said = "由人员或系统报告，受理为事件。"
        said += f"报告必须包含{self.listed(needed)}" if needed else "报告无必填内容"
        return said + (f"；可以包含{self.listed(further)}。" if further else "。")

    def opened_by(self, rule: Expected | Matched) -> str:
        match rule:
            case Expected():
                said = f"由订单动态受理为事件：{code(rule.after)}之后{self._in_time(rule)}未出现{code(rule.expect)}"
                return f"{said}，再过 {self.duration(rule.grace)}后受理。" if rule.grace else f"{said}。"
            case Matched():
                return f"由订单动态受理为事件：{self.condition(rule.condition)}。"
            case _:
                assert_never(rule)

    def _in_time(self, rule: Expected) -> str:
        said = f"截至 {code(rule.by or '')} "
        if rule.late_after is not None:
            said = f"{self.duration(rule.late_after)}内"
        elif rule.within is not None:
            said = f" {code(rule.within)} 得出的时限内"
        return f"{said}（按 {rule.whole_day_in} 时区算至当天结束）" if rule.whole_day_in else said

    def one_at_a_time(self, opening: Opening) -> list[str]:
        subject = self.listed(self.field(name) for name in opening.subject)
        said = [f"同一{subject}同时只有一个未结束的事件；之后的报告并入该事件。"]
        if opening.reopen_for is None:
            said.append("事件结束后再有报告，则新建事件，并注明原事件。")
        else:
            said.append(
                f"事件结束后再有报告，则新建事件，并注明原事件；{self.duration(opening.reopen_for)}以内的，"
                "视为原事件重新打开，报告次数接续计算。"
            )
        if opening.supersedes:
            names = self.listed(map(code, opening.supersedes))
            said.append(f"同一对象上如有未结束的 {names} 事件，由本事件接管其计时和提问。")
        return said

    def interrupted(self, interrupt: Interrupt) -> str:
        only_if = f"，条件是{self.condition(interrupt.only_if)}" if interrupt.only_if else ""
        return f"任何时候出现 {code(interrupt.on)}，即启动方案 {code(interrupt.plan)}{only_if}。"

    def cleared(self, cleared: Cleared) -> str:
        only_if = f"，条件是{self.condition(cleared.only_if)}" if cleared.only_if else ""
        said = f"问题对顾客解决之前，任何时候出现 {code(cleared.on)}，事件即自行解除{only_if}：撤销已做的处理，"
        said += f"告知顾客“{self.title(cleared.tells)}”，然后结束。"
        doubt = "由人报告的，或包裹未交到顾客本人手中的"
        if cleared.confirm is None or cleared.within is None:
            return f"{said}{doubt}，不予解除。"
        asked = f"先询问顾客“{self.title(cleared.confirm)}”，等待{self.times(cleared.within)}"
        unless = "顾客答“否”或无法询问" if cleared.by_silence else "顾客未答“是”"
        return f"{said}{doubt}，{asked}；{unless}，则继续处理。"

    def severity_rules(self, severities: Severities) -> list[str]:
        said = [
            f"{self.severity(each.severity)}：{self.condition(each.condition)}{self._near(each)}。"
            for each in severities.rules
        ]
        return [*said, f"{self.severity(severities.otherwise)}：其他情况。"]

    def severity_changes(self, severities: Severities) -> str:
        if not severities.rules:
            return "严重程度固定不变。"
        near = "或外部期限临近" if any(each.near for each in severities.rules) else ""
        return f"自上而下，以第一条成立的为准。任何事实变化{near}后都会重新判定；所需事实尚不明确的规则视为不成立。"

    def _near(self, rule: SeverityRule) -> str:
        spans = (
            f"或距外部期限{self.field(name)}不超过 {self.duration(span)}或已逾期，而应做之事尚未完成"
            for name, span in rule.near.items()
        )
        return "".join(f"；{each}" for each in spans)

    def goal_if(self, name: GoalName, condition: Condition) -> str:
        return f"{self.goal(name)}（{self.condition(condition)}时）"

    def clock(self, goal: Goal) -> str:
        return f"按 {code(goal.calendar)} 的工作时间" if goal.calendar else "全天候"

    def promised(self, promises: Promises) -> list[str]:
        if not promises.goals:
            return ["本流程未承诺时限。", *self._at_night(promises)]
        said = []
        if promises.warn_at:
            parts = self.listed(f"{part}%" for part in promises.warn_at)
            said.append(f"目标时限用去 {parts} 时预警。")
        if promises.pauses:
            said.append(f"等待{self.listed(map(self.party, promises.pauses), either=True)}期间暂停计时。")
        said += [self._by_itself(goal.tells, promises) for goal in promises.goals if goal.tells is not None]
        return [*said, *self._at_night(promises)]

    def set_by_others(self, deadline: ExternalDeadline) -> Told:
        sentence = f"外部期限{self.field(deadline.name)}：自{self.fact(deadline.starts)}起算，从不暂停，时长见表"
        rows = [self.row(row) for row in deadline.rows]
        if deadline.protect_by is None:
            return Told(sentence=f"{sentence}{code(deadline.table)}。", details=(*rows, "顾客问题解决即视为按期完成。"))
        protect = f"在最后的安全时刻（到期前 {self.duration(deadline.safe_before)}）采取保护措施："
        protect += f"{self.activity(deadline.protect_by)}。"
        asked = []
        if deadline.approve is not None and deadline.decide_within is not None:
            asked.append(f"此前须由{self.role(deadline.approve)}审批，并提前{self.span(deadline.decide_within)}提请。")
        return Told(sentence=f"{sentence}{code(deadline.table)}。", details=(*rows, protect, *asked))

    def row(self, row: SetByOthers) -> str:
        places = [place for place in (row.jurisdiction, row.marketplace) if place]
        where = "、".join(map(code, places)) if places else "不限地区"
        return f"{where}：{self.duration(row.value)}，自 {row.since.isoformat()} 起。来源：{row.source.rstrip('.。')}。"

    def when_paged(self, ladders: tuple[Ladder, ...]) -> str:
        if not ladders:
            return "不通知任何人：本流程没有升级规则。人工任务会一直等待，直到有人查看。"
        return (
            "仅在有事项等待人工处理时通知。任何人确认后，升级即停止；事项仍未处理的，过后或确认人下班时再次通知同一级。"
            "未另行规定的，以人工任务的时限为间隔。"
        )

    def paged(self, ladder: Ladder) -> str:
        pages = "；".join(self._page(page) for page in ladder.pages)
        return (
            f"{self.severity(ladder.severity)}：{pages}；{self.duration(ladder.ends_after)}后仍无人确认，发出警报，"
            "并继续通知最后一级。"
        )

    def on_duty(self, role: RoleInfo) -> str:
        duty = f"按排班表值班（{role.zone}）" if role.rostered else "无排班，通知全员"
        return f"{self.role(role.name)}：共 {role.people} 人，{duty}{self._quiet(role)}{self._limit(role)}。"

    def left_to(self, tasks: Tasks) -> str:
        return f"人工任务由{self.role(tasks.owner)}负责，须在{self.within(tasks.within)}完成。"

    def _by_itself(self, message: Message, promises: Promises) -> str:
        when = f"用去该时限的 {promises.warn_at[-1]}% 时" if promises.warn_at else "该时限用完时"
        return f"顾客较久未收到我方消息的，{when}自动发送“{self.title(message)}”。"

    def _at_night(self, promises: Promises) -> list[str]:
        if promises.night is None:
            return []
        begins, ends = hours_of(promises.night)
        whose = f"顾客当地时间，不明时按 {promises.night.zone}"
        return [
            f"{begins} 至 {ends}（{whose}）不向顾客发送消息，也不提问，涉及顾客安全的除外；期间的消息次日早晨发出。"
        ]

    def _quiet(self, role: RoleInfo) -> str:
        """When one of a role is not paged, and for what."""
        if role.quiet is None:
            return ""
        zone = "" if role.rostered else f"（{role.zone}）"
        hours = f"{time_of_day(role.quiet.begins)} 至 {time_of_day(role.quiet.ends)}{zone}"
        return f"；{hours}不因严重程度低于“{self.severity(role.quiet.above)}”的事件通知"

    def _limit(self, role: RoleInfo) -> str:
        """What one of a role may approve."""
        parts = [f"每单 {self.money(role.approves_up_to)}"] if role.approves_up_to else []
        parts += [f"每日 {self.money(role.approves_per_day)}"] if role.approves_per_day else []
        return f"；每人审批上限为{'，'.join(parts)}" if parts else ""

    def _page(self, page: Page) -> str:
        when = f"{self.duration(page.after)}后未确认则通知" if page.after else "立即通知"
        more = [f"共 {page.times} 次，每隔 {self.duration(page.every)}一次"] if page.times > 1 else []
        if page.again_after is not None:
            more.append(f"确认后 {self.duration(page.again_after)}再次通知")
        return f"{when}{self.role(page.role)}" + (f"（{'；'.join(more)}）" if more else "")

    def _reported_field(self, field: ReportField) -> str:
        return f"{self.field(field.name)}（{TYPES[field.type]}）"
