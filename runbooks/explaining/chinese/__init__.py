"""Chinese."""

from typing import assert_never

from runbooks.explaining.chinese.steps import Steps
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


class Chinese(Steps):
    def worst_case(self) -> str:
        return (
            "以下为最长路径上所有等待、提问和审批时限之和，以严重程度不变为前提。"
            "同时进行的各项取最长者；各方案按所有可能失败的方案先后失败、最后一个成功计算。"
        )

    def verdict(self, held: Held) -> str:
        if held.keeps:
            return "可以保证"
        return "可能超时（取决于其中的工作时间）" if held.working_time else "可能超时"

    def counted(self, promises: Promises) -> str:
        if not promises.pauses:
            return "与目标对照："
        paused = self.listed(map(self.party, promises.pauses), either=True)
        return f"与目标对照（不含等待{paused}的时间）："

    def not_counted(self, explanation: Explanation) -> list[str]:
        said = ["未计入：人工任务所需的时间，没有上限。"]
        items = [item for stage in explanation.stages for item in all_items(stage)]
        if any(isinstance(item, ApproveItem) and item.if_silent is IfUndecided.ESCALATE for item in items):
            said.append("未计入：审批逾期未决后所需的时间，没有上限。")
        if any(isinstance(item, ApproveItem) and item.amount for item in items):
            said.append("未计入：金额增加后重新审批的时间。")
        if explanation.opening.interrupts:
            said.append("未计入：中途改道所增加的时间。")
        if any(cleared.confirm for cleared in explanation.opening.clears):
            said.append("未计入：询问顾客问题是否已消失的时间。")
        if explanation.promises.night and any(isinstance(item, AskItem) and not item.safety for item in items):
            said.append("未计入：夜间提问等到次日早晨的时间。")
        return said

    def trouble(self, trouble: Trouble) -> str:
        names = "、".join(map(self.activity, trouble.activities))
        if trouble.over is None:
            return f"系统无响应时，以下读取操作会不断重试，没有上限：{names}。"
        said = f"每次调用遇到故障时，最多另加 {self.duration(trouble.over)}（共尝试 {trouble.attempts} 次）；"
        return f"{said}之后由人工核实是否已经执行：{names}。"

    def undoing(self, undoing: Undoing) -> str:
        where = f"（方案 {code(undoing.plan)}）" if undoing.plan else ""
        how = "解除方式" if undoing.measure else "撤销方式"
        return f"“{self.activity(undoing.activity)}”{where}的{how}：{self.activity(undoing.by)}。"

    def called_off(self, explanation: Explanation) -> list[str]:
        measures = any(undoing.measure for undoing in explanation.undone)
        return [
            "方案失败时，按从新到旧的顺序撤销该方案已完成的操作。",
            "事件取消时，收回提问和等待，待进行中的调用返回后，按从新到旧的顺序撤销所有已完成的操作。"
            "成功的方案为顾客所做的一切保持不变。",
            *(["无论以何种方式结束，临时措施都会解除。"] if measures else []),
        ]

    def final(self, activities: tuple[str, ...]) -> str:
        return f"不可撤回：{self.listed([*map(self.activity, activities), '已发送的消息'])}。"

    def silence(self, item: Item) -> str | None:
        match item:
            case AskItem():
                who, within = self.asked(item), self.within(item.within)
                return f"{who}在{within}未答复“{self.title(item.question)}”：{self.means(item)}。"
            case WaitItem():
                who, at_most = self.party(item.waiting_for), self.at_most(item.at_most)
                return f"等待{who}，{at_most}；逾期则{self._assumed(item.assumed)}。"
            case ApproveItem():
                means = "转为其人工任务" if item.if_silent is IfUndecided.ESCALATE else "视为驳回"
                return f"{self.role(item.role)}在{self.within(item.within)}未作决定：{means}。"
            case DoItem() | TellItem() | DecideItem() | MeasureItem() | TogetherItem() | RoundsItem():
                return None
            case _:
                assert_never(item)

    def silence_in_short(self, item: AskItem | WaitItem | ApproveItem) -> str:
        match item:
            case AskItem():
                return f"{self.within(item.within)}未答复：{self.means(item)}"
            case WaitItem():
                return f"{self.within(item.at_most)}未满足：{self._assumed(item.assumed)}"
            case ApproveItem():
                means = "转为其人工任务" if item.if_silent is IfUndecided.ESCALATE else "视为驳回"
                return f"{self.within(item.within)}未决定：{means}"
            case _:
                assert_never(item)

    def after_rounds(self, item: RoundsItem) -> str:
        return f"已满 {item.most} 轮"

    def always(self) -> list[str]:
        return [
            "“被拒绝”是指对方出于业务原因不予办理；此类操作不会重试。",
            "无法确认某项操作是否已执行时，不撤销也不继续，由人工核实。",
            "撤销未能成功的，转为人工任务。",
        ]

    def nobody_awaited(self) -> str:
        return "不询问也不等待任何人。"

    def nothing_undone(self) -> str:
        return "没有需要撤销的操作。"
