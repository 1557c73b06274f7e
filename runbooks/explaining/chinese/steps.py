"""Chinese: the steps and the plans."""

from typing import assert_never

from runbooks.explaining.chinese.frame import Frame
from runbooks.explaining.conditions import Condition
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

_THEN = {
    Then.PLAN_FAILS: "本方案失败",
    Then.TASK: "转为人工任务",
    Then.CONTINUE: "跳过并继续",
}


class Steps(Frame):
    def step(self, item: Item) -> Told:
        match item:
            case DoItem():
                return self._do(item)
            case TellItem():
                sentence = f"给{self.party(item.to)}发送消息：“{self.title(item.message)}”。"
                return Told(sentence=self._if(item.only_if, sentence), details=self._sent(item))
            case AskItem():
                return self._ask(item)
            case ApproveItem():
                return self._approve(item)
            case DecideItem():
                choices = "；".join(f"{code(each.name)}{self._offered(each)}" for each in item.choices)
                sentence = f"判定 {code(item.fact)}：{choices}；其他情况为 {code(item.otherwise)}。"
                return Told(sentence=sentence, details=("以第一个成立的为准。",))
            case MeasureItem():
                sentence = f"临时措施：{self.activity(item.activity)}{self._inputs(item.inputs)}。"
                lifted = f"{self.condition(item.until)}时解除，以任何方式结束时也会解除：{self.activity(item.lift)}。"
                return Told(sentence=self._if(item.only_if, sentence), details=(lifted, self._refused(item.refusal)))
            case WaitItem():
                return self._wait(item)
            case TogetherItem():
                return Told(sentence=self._if(item.only_if, "以下各项同时进行，全部完成后继续："))
            case RoundsItem():
                sentence = f"重复以下步骤，最多 {item.most} 轮，直到{self.condition(item.until)}："
                return Told(sentence=self._if(item.only_if, sentence))
            case _:
                assert_never(item)

    def plans(self) -> str:
        said = "自上而下，尝试第一个条件成立的方案。"
        said += "方案失败时，按从新到旧的顺序撤销其已完成的操作，再尝试下一个条件成立的方案。"
        return said + "没有方案可用时，转人工接管。方案成功后，顾客问题即告解决。"

    def plan(self, plan: PlanItem, *, first: bool, twin: str | None) -> str:
        if plan.only_if is not None:
            behind = f"与方案 {code(twin)}条件相同，仅在方案 {code(twin)}失败后尝试。" if twin else ""
            return f"方案 {code(plan.name)}，条件：{self.condition(plan.only_if)}。{behind}"
        return f"方案 {code(plan.name)}，{'无条件' if first else '前面的方案均不适用或已失败时采用'}。"

    def _do(self, item: DoItem) -> Told:
        details = []
        if item.effect:
            back = f"可以撤销：{self.activity(item.undone_by)}。" if item.undone_by else None
            details.append(back or "一经执行，不可撤回。")
        if item.limit:
            details.append(f"上限：{self._limits(item.limit)}。")
        if item.refusal:
            details.append(self._refused(item.refusal))
        if item.otherwise:
            goes_on = item.refusal is not None and Then.CONTINUE in (item.refusal.then, item.refusal.after_final)
            ways = [*(["跳过"] if item.only_if else []), *(["被拒绝"] if goes_on else [])]
            if ways:
                details.append(f"如{self.listed(ways, either=True)}，则{self._assumed(item.otherwise)}。")
        sentence = f"{self.activity(item.activity)}{self._inputs(item.inputs)}。"
        return Told(sentence=self._if(item.only_if, sentence), details=tuple(details))

    def _ask(self, item: AskItem) -> Told:
        details = []
        if item.after is not None:
            or_when = "；同时进行的其他各项如已全部完成，则提前发出" if item.beside_others else ""
            details.append(f"本步骤开始后，等待{self.span(item.after)}再发出{or_when}。")
        details.append(self._answers(item))
        silence = f"逾期未答复{self.means(item)}" if item.if_silent else "逾期未答复则不再等待，继续处理"
        since = "自送达起" if item.role is None else "自提问起"
        details.append(f"{since}等待答复{self.span(item.within)}；{silence}。")
        if item.reminder is not None:
            when = self.listed([self.duration(each) for each in item.reminded])
            details.append(f"其间未答复的，在送达后{when}发送“{self.title(item.reminder)}”。")
        if item.save_as:
            details.append(f"答复记为 {code(item.save_as)}{self._not_asked(item)}。")
        sentence = f"询问{self.asked(item)}：“{self.title(item.question)}”"
        sentence += "" if sentence.endswith("？”") else "。"
        return Told(sentence=self._if(item.only_if, sentence), details=(*details, *self._sent(item)))

    def asked(self, item: AskItem) -> str:
        """Who is asked."""
        return self.role(item.role) if item.role is not None else self.party(item.to)

    def means(self, item: AskItem) -> str:
        """What silence means, if it means an answer."""
        if item.if_silent is None:
            return "不再等待，继续处理"
        return f"视为{'选择' if item.answer is AnswerKind.CHOICE else '答复'} {self.operand(item.if_silent)}"

    def _answers(self, item: AskItem) -> str:
        match item.answer:
            case AnswerKind.CHOICE:
                choices = "、".join(
                    f"{code(each.name)}{self._offered(each) if each.when else ''}" for each in item.choices
                )
                decided = "。实际提供哪些选项，在发出提问时确定" if any(each.when for each in item.choices) else ""
                return f"选项：{choices}{decided}。"
            case AnswerKind.TEXT:
                return "以文字答复。"
            case AnswerKind.AMOUNT:
                bounds = [f"不低于{self.operand(item.at_least)}"] if item.at_least else []
                bounds += [f"不高于{self.operand(item.at_most)}"] if item.at_most else []
                return "，".join(["以订单币种的金额答复", *bounds, *(["以提问时为准"] if bounds else [])]) + "。"
            case AnswerKind.FILES:
                many = str(item.most) if item.fewest == item.most else f"{item.fewest} 至 {item.most}"
                return f"以文件答复，共 {many} 份，作为凭证保存。"
            case _:
                assert_never(item.answer)

    def _not_asked(self, item: AskItem) -> str:
        ways = ["未提问"] if item.only_if else []
        ways += ["无法送达"] if item.refusal is not None and item.refusal.then is Then.CONTINUE else []
        ways += ["未答复"] if item.if_silent is None else []
        if not ways or item.otherwise is None:
            return ""
        return f"；{self.listed(ways, either=True)}时记为 {self.operand(item.otherwise)}"

    def _limits(self, limit: Limit) -> str:
        parts = [f"每单合计 {self.money(limit.cap)}"] if limit.cap else []
        parts += [f"全部订单每日合计 {self.money(limit.per_day)}"] if limit.per_day else []
        return "，".join(parts)

    def _approve(self, item: ApproveItem) -> Told:
        match item.if_silent:
            case IfUndecided.ESCALATE:
                silence = "转为其人工任务，审批上限更高的角色也可决定"
            case IfUndecided.REJECT:
                silence = "视为驳回"
            case _:
                assert_never(item.if_silent)
        within = f"须在{self.within(item.within)}决定；逾期绝不视为同意，而是{silence}。"
        about = f"审批{self.operand(item.amount)}" if item.amount else "审批"
        many = "一位" if item.approvers == 1 else f" {item.approvers} 位"
        sentence = f"须由{self.role(item.role)}中非申请人的{many}{about}。"
        more = ["审批仅对该金额有效，超出时须重新申请。"] if item.amount else []
        rejected = self._then("如被驳回", item.rejected)
        return Told(sentence=self._if(item.only_if, sentence), details=(*more, within, rejected))

    def _wait(self, item: WaitItem) -> Told:
        details = [f"{self.at_most(item.at_most)}；逾期则{self._assumed(item.assumed)}。"]
        if item.look is not None:
            look = self.activity(item.look.activity)
            details.append(f"每隔 {self.duration(item.look.every)}，以及有新消息时：{look}。")
        sentence = f"等待{self.party(item.waiting_for)}，直到{self.condition(item.until)}。"
        return Told(sentence=self._if(item.only_if, sentence), details=tuple(details))

    def _if(self, only_if: Condition | None, sentence: str) -> str:
        return sentence if only_if is None else f"如{self.condition(only_if)}：{sentence}"

    def _refused(self, refusal: Refusal) -> str:
        return self._then(f"如被拒绝（{'、'.join(map(code, refusal.reasons))}）", refusal)

    def _sent(self, item: TellItem | AskItem) -> tuple[str, ...]:
        """When a message goes out, and what becomes of one that does not arrive."""
        at_night = ("涉及顾客安全，夜间也照常发出。",) if item.safety else ()
        if item.refusal is None:
            return ("通知值班人员，直至有人接手；仅该角色的人员可以答复。",)
        return (*at_night, self._undelivered(item.refusal))

    def _undelivered(self, refusal: Refusal) -> str:
        return self._then("如无法送达", refusal)

    def _then(self, what: str, refusal: Refusal) -> str:
        said = f"{what}，{_THEN[refusal.then]}"
        if refusal.after_final is None:
            return f"{said}。"
        return f"{said}；但此前如已做过不可撤回的操作，则{_THEN[refusal.after_final]}。"

    def _assumed(self, assumed: tuple[Assumed, ...]) -> str:
        facts = self.listed(f"{self.fact(each.path)}为{self.value(each.value)}" for each in assumed)
        return f"按{facts}处理"

    def _offered(self, choice: ChoiceItem) -> str:
        return f"（{self.condition(choice.when)}）" if choice.when else "（始终提供）"

    def _inputs(self, inputs: tuple[Input, ...]) -> str:
        said = "，".join(f"{self.field(each.name)}：{self.operand(each.value)}" for each in inputs)
        return f"（{said}）" if said else ""
