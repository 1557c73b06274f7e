"""A small runbook that is right, and ways to make it wrong."""

from datetime import date

from amends.models import Head, Money
from runbooks.bundle import Bundle
from runbooks.language.compiler import Examined, compile_runbook, examine
from runbooks.language.reference import Reference
from runbooks.language.texts import Texts
from runbooks.policy import Calendar, RemedyPolicy, Role, Table, TableKind, TableRow

RATES = {"USD": "7.10", "JPY": "0.0480"}

MESSAGES = {
    "en": "sorry: {subject: We are sorry, body: 'Order {report.order_id}'}\n",
    "zh": "sorry: {subject: 抱歉, body: '订单 {report.order_id}'}\n",
}

REFERENCE = Reference(
    roles={
        "clerk": Role(team=("ann", "ben")),
        "finance": Role(team=("cho", "ben")),
        "boss": Role(team=("ann",)),
        "chief": Role(team=("dee",)),
        "lead": Role(team=("eve", "cho"), approves_up_to=Money(amount=100_000, currency="CNY")),
    },
    calendars={
        "cn_office": Calendar(
            version="1", zone="Asia/Shanghai", hours=((540, 1080),), week=(0, 1, 2), confirmed_until=date(2026, 12, 31)
        )
    },
    tables={
        "claim_window": Table(
            kind=TableKind.DURATION, rows=(TableRow(since=date(2026, 1, 1), value=86400, source="test"),)
        ),
        "refund_percent": Table(kind=TableKind.INT, rows=(TableRow(since=date(2026, 1, 1), value=50, source="test"),)),
        "refund_days": Table(kind=TableKind.DAYS, rows=(TableRow(since=date(2026, 1, 1), value=7, source="test"),)),
    },
    runbooks=frozenset({"late_parcel", "stockout"}),
    remedies=RemedyPolicy(
        caps={Head.GOODWILL: Money(amount=5_000, currency="CNY")},
        per_day={Head.GOODWILL: Money(amount=200_000, currency="CNY")},
    ),
)

SMALL = """\
runbook: late_parcel
title: {en: Late parcel, zh: 延误}
subject: [order_id]
report:
  order_id: string
  parcel_id: string
severity:
  high: order.total >= money("CNY 1000.00")
  otherwise: low
stages:
  report:
    - {do: orders.read, save_as: order}
  action:
    - plan: say_sorry
      steps:
        - {tell: customer, message: sorry}
"""


def texts(**languages: str) -> Texts:
    """The small runbook's messages, with the files of some languages replaced."""
    return Texts({language: [(f"{language}.yaml", text)] for language, text in (MESSAGES | languages).items()})


def small(*changes: tuple[str, str]) -> str:
    """The small runbook's text with each old part replaced by a new one."""
    text = SMALL
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} must be there once"
        text = text.replace(old, new)
    return text


def compiled(text: str, *, messages: Texts | None = None) -> Bundle:
    return compile_runbook(
        file="late_parcel.yaml", text=text, texts=messages or texts(), rates=RATES, reference=REFERENCE
    )


def examined(text: str) -> Examined:
    """All that can be told of a runbook."""
    return examine(file="late_parcel.yaml", text=text, texts=texts(), rates=RATES, reference=REFERENCE)
