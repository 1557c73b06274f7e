"""What a page says, in the person's language: short enough for a locked screen, and with what to type."""

from typing import Final, Literal, NamedTuple

from amends.connectors.ports import Page
from amends.models import Severity

Language = Literal["en", "zh"]


class Worded(NamedTuple):
    """``subject`` is one line; ``body`` does not repeat it."""

    subject: str
    body: str

    @property
    def whole(self) -> str:
        return f"{self.subject}\n{self.body}"


def worded(page: Page, *, language: Language) -> Worded:
    """The page in a language. It names no customer: who is paged looks at the incident for that."""
    if page.test:
        return _TESTS[language]
    words = _WORDS[language]
    title = page.title.get(language) or page.title.get("en") or page.exception_type
    what = " ".join(f"{title} {page.order_id or ''}".split())
    why = words.why.get(page.why) or page.why.replace("_", " ")
    short = page.incident_id.partition("-")[0]
    lines = [
        f"{words.because}{why}",
        *([f"{words.by}{page.due_at:%Y-%m-%dT%H:%MZ}"] if page.due_at else []),
        words.level.format(level=page.level, levels=page.levels, role=page.role),
        f"amends show {short}",
        f"amends ack {short}",
    ]
    return Worded(f"[{words.severity[page.severity]}] {what}", "\n".join(lines))


class _Words(NamedTuple):
    severity: dict[Severity, str]
    because: str
    by: str
    level: str
    why: dict[str, str]


_ENGLISH: Final = _Words(
    severity={each: each.value for each in Severity},
    because="Why: ",
    by="By: ",
    level="Level {level} of {levels}, {role}",
    why={
        "unacknowledged": "nobody has taken notice of it yet",
        "approval": "an approval is asked for",
        "question": "a question is asked of your role",
        "breach": "a promise was broken",
        "escalated": "somebody has escalated it, or a deadline of others was missed",
        "outcome_unknown": "nobody can say whether something happened",
        "refused": "something was refused",
        "undo_failed": "something could not be undone",
        "no_plan_left": "no plan is left that could put it right",
        "rejected": "something was rejected",
        "undecided": "nobody has decided in time",
        "books_differ": "the shop's books do not say what the journal says",
        "unprotected": "a deadline of others is near, and what keeps it lacks something",
        "not_reckoned": "something cannot be reckoned with what is known",
        "taken_over": "somebody has taken it into their own hands",
    },
)

_CHINESE: Final = _Words(
    severity={
        Severity.CRITICAL: "紧急",
        Severity.HIGH: "高",
        Severity.MEDIUM: "中",
        Severity.LOW: "低",
    },
    because="原因：",
    by="截止：",
    level="第 {level} 级，共 {levels} 级，{role}",
    why={
        "unacknowledged": "尚无人确认",
        "approval": "等待审批",
        "question": "等待贵岗位答复",
        "breach": "已超过承诺时限",
        "escalated": "有人要求升级，或已错过外部期限",
        "outcome_unknown": "某项操作是否完成无法确定",
        "refused": "某项操作被拒绝",
        "undo_failed": "某项操作未能撤销",
        "no_plan_left": "已没有可行的处理方案",
        "rejected": "审批被驳回",
        "undecided": "审批逾期未决",
        "books_differ": "商城账目与事件记录不一致",
        "unprotected": "外部期限临近，应对措施缺少必要信息",
        "not_reckoned": "依据已知信息无法得出结果",
        "taken_over": "已有人接手处理",
    },
)

_WORDS: Final[dict[Language, _Words]] = {"en": _ENGLISH, "zh": _CHINESE}

_TESTS: Final[dict[Language, Worded]] = {
    "en": Worded("[test] Amends", "This is how you would be paged. Nothing is wrong, and there is nothing to do."),
    "zh": Worded("[测试] Amends", "这是一条测试通知：以后将这样通知您。目前一切正常，无需处理。"),
}
