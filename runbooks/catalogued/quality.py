"""What a runbook may do with partners and their work."""

from amends.connectors import ports
from runbooks.activity_specs import ActivitySpec, effect, read
from runbooks.catalogued.inputs import Complaining, ObservationRef, Observing, ParcelRef, TicketRef

QUALITY: tuple[ActivitySpec, ...] = (
    read(
        "quality.read_contract",
        ParcelRef,
        ports.Contract,
        {"en": "Look who pays by contract.", "zh": "查看合同约定的责任方。"},
        refusals=("ParcelNotFound",),
    ),
    read(
        "quality.read_damage",
        ParcelRef,
        ports.Damage,
        {"en": "Find out why the goods are damaged.", "zh": "查明商品损坏的原因。"},
        refusals=("ParcelNotFound",),
    ),
    effect(
        "quality.observe",
        Observing,
        ports.Observation,
        {"en": "Note it on the scorecard of whoever was liable.", "zh": "记入责任方的评分卡。"},
        refusals=("OrderNotFound",),
        undone_by="quality.withdraw_observation",
    ),
    effect(
        "quality.withdraw_observation",
        ObservationRef,
        None,
        {"en": "Take the note on the scorecard back.", "zh": "撤回评分卡记录。"},
        undo_only=True,
    ),
    effect(
        "quality.open_ticket",
        Complaining,
        ports.Ticket,
        {"en": "Complain to the supplier.", "zh": "向供应商提出质量投诉。"},
        refusals=("ParcelNotFound",),
        undone_by="quality.close_ticket",
    ),
    read(
        "quality.read_ticket",
        TicketRef,
        ports.Ticket,
        {"en": "Ask the supplier for an answer.", "zh": "查询供应商的答复。"},
        refusals=("TicketNotFound",),
    ),
    effect(
        "quality.close_ticket",
        TicketRef,
        None,
        {"en": "Take the complaint back.", "zh": "撤回质量投诉。"},
        undo_only=True,
    ),
)
