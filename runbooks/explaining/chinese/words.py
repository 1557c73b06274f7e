"""Chinese: names, durations and conditions."""

import re
from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise

from amends.models import Party, Severity, Stage
from runbooks.catalogue import CATALOGUE
from runbooks.explaining.chinese.names import FIELDS, HOLDS, ROLES, ROOTS
from runbooks.explaining.conditions import Sign
from runbooks.explaining.items import Times
from runbooks.explaining.labels import Labels
from runbooks.explaining.language import Language
from runbooks.explaining.saying import code, spans
from runbooks.policy import GoalName
from runbooks.program import FactType

LABELS = Labels(
    opening="何时启动",
    severities="严重程度",
    promises="服务承诺",
    ladder="通知与升级",
    steps="处理步骤",
    worst="最长需要多久",
    undone="如何撤销",
    silence="无人回应时",
    always="通用规则",
    goal="目标",
    clock="计时方式",
    stage="阶段",
    severity="严重程度",
    within="承诺时限",
    counted="最长用时",
    verdict="结论",
    until_resolved="至顾客问题解决",
    until_closed="至事件结束",
    nothing_to_do="本阶段没有步骤。",
    no_limit="无需等待",
    begin="收到报告",
    closed="事件结束",
    taken_over="转人工接管",
    yes="是",
    no="否",
    refused="被拒绝",
    undo="撤销",
    lift="解除",
    answered="已答复",
    approved="通过",
    rejected="驳回",
    it_has_come="条件已满足",
    again="再来一轮",
    all_done="全部完成",
)

TYPES = {
    FactType.STRING: "文本",
    FactType.INT: "整数",
    FactType.DOUBLE: "数字",
    FactType.BOOL: "是或否",
    FactType.TIMESTAMP: "时间",
    FactType.MONEY: "金额",
}
_SEVERITIES = {Severity.CRITICAL: "紧急", Severity.HIGH: "高", Severity.MEDIUM: "中", Severity.LOW: "低"}
_STAGES = {Stage.REPORT: "受理", Stage.ANALYSIS: "分析", Stage.ACTION: "处置", Stage.FOLLOW_UP: "跟进"}
_PARTIES = {
    Party.US: "我方",
    Party.CUSTOMER: "顾客",
    Party.CARRIER: "承运商",
    Party.WAREHOUSE: "仓库",
    Party.SUPPLIER: "供应商",
    Party.MERCHANT: "商家",
    Party.PAYMENT_PROVIDER: "支付机构",
    Party.PLATFORM: "平台",
}
_GOALS = {
    GoalName.ACKNOWLEDGE: "人工确认受理",
    GoalName.FIRST_RESPONSE: "首次回复顾客",
    GoalName.UPDATE: "再次向顾客通报进展",
    GoalName.ANALYSIS: "完成分析",
    GoalName.ACTION: "完成处置",
    GoalName.RESOLVE: "解决顾客问题",
}
_NAMED = {Sign.IS: "为", Sign.IS_NOT: "不为"}
"""Of a state or a choice."""

_SIGNS = {
    Sign.IS: "等于",
    Sign.IS_NOT: "不等于",
    Sign.AT_LEAST: "不低于",
    Sign.AT_MOST: "不超过",
    Sign.MORE: "大于",
    Sign.LESS: "小于",
}
_CONTACTS = "报告次数"
_COUNTED = {Sign.IS: "为", Sign.IS_NOT: "不为", Sign.AT_LEAST: "不少于", Sign.MORE: "超过", Sign.LESS: "少于"}
"""Of how often something happened."""


_CODE = re.compile(r"(`[^`]*`)")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_BESIDE = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%])(?=[\u4e00-\u9fff])")


class Words(Language):
    code = "zh"
    labels = LABELS

    def polished(self, text: str) -> str:
        parts = [_BESIDE.sub(" ", part) for part in _CODE.split(text)]
        for index, (before, after) in enumerate(pairwise(parts)):
            code_follows = bool(_CODE.fullmatch(after))
            if (_HAN.match(before[-1:]) and code_follows) or (_CODE.fullmatch(before) and _HAN.match(after)):
                parts[index] += " "
        return "".join(parts)

    def severity(self, severity: Severity) -> str:
        return _SEVERITIES[severity]

    def stage(self, stage: Stage) -> str:
        return _STAGES[stage]

    def party(self, party: Party) -> str:
        return _PARTIES[party]

    def role(self, name: str) -> str:
        return ROLES.get(name) or code(name)

    def goal(self, name: GoalName) -> str:
        return _GOALS[name]

    def field(self, name: str) -> str:
        return FIELDS.get(name) or code(name)

    def fact(self, path: str) -> str:
        if path == "incident.contacts":
            return _CONTACTS
        if path == "incident.severity":
            return "严重程度"
        root, _, rest = path.partition(".")
        if root not in ROOTS or rest not in FIELDS:
            return code(path)
        # "订单订单号" would say the same twice
        return FIELDS[rest] if FIELDS[rest].startswith(ROOTS[root]) else ROOTS[root] + FIELDS[rest]

    def activity(self, name: str) -> str:
        return CATALOGUE[name].says["zh"].removesuffix("。")

    def duration(self, duration: timedelta) -> str:
        parts = zip(spans(duration), ("天", "小时", "分钟"), strict=True)
        return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 分钟"

    def listed(self, parts: Iterable[str], *, either: bool = False) -> str:
        *rest, last = list(parts)
        return f"{'、'.join(rest)}{'或' if either else '和'}{last}" if rest else last

    def compared(self, left: str, sign: Sign, right: str) -> str:
        if left == _CONTACTS and right.isdecimal():
            return f"{left}{_COUNTED.get(sign, _SIGNS[sign])} {right} 次"
        named = right.startswith("`") or right in ("是", "否")
        return f"{left}{_NAMED[sign] if named and sign in _NAMED else _SIGNS[sign]}{right}"

    def holds(self, path: str, *, denied: bool) -> str:
        root, _, rest = path.partition(".")
        if path in HOLDS:
            return HOLDS[path][denied]
        if rest in HOLDS:
            return (ROOTS.get(root) or code(root)) + HOLDS[rest][denied]
        return f"{self.fact(path)}为{self.truth(not denied)}"

    def known(self, path: str, *, denied: bool) -> str:
        return f"{'没有' if denied else '已有'}{self.fact(path)}"

    def denied(self, condition: str) -> str:
        return f"并非{condition}"

    def one_of(self, left: str, options: list[str], *, denied: bool) -> str:
        listed = "、".join(options)
        return f"{left}不是{listed}中的任何一个" if denied else f"{left}是{listed}之一"

    def joined(self, conditions: list[str], *, either: bool) -> str:
        return ("，或" if either else "，且").join(conditions)

    def bracketed(self, condition: str) -> str:
        return f"（{condition}）"

    def truth(self, value: bool) -> str:
        return "是" if value else "否"

    def alike(self, what: str, severities: Iterable[str]) -> str:
        return f"{'、'.join(severities)}为 {what}"

    def one_for_each(self, parts: Iterable[str]) -> str:
        return "；".join(parts)

    def span(self, times: Times) -> str:
        """``48 小时``, or with a time for each severity in brackets."""
        return self.times(times) if _is_one(times) else f"一段时间（{self.times(times)}）"

    def within(self, times: Times) -> str:
        """``48 小时内``, or with a limit for each severity in brackets."""
        return f"{self.times(times)}内" if _is_one(times) else f"时限内（{self.times(times)}）"

    def at_most(self, times: Times) -> str:
        """``最长 48 小时``, or with a limit for each severity in brackets."""
        return f"最长 {self.times(times)}" if _is_one(times) else f"最长时间因严重程度而异（{self.times(times)}）"


def _is_one(times: Times) -> bool:
    return len(set(times.by.values())) == 1
