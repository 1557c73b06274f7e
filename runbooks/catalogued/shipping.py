"""What a runbook may do with warehouses and carriers."""

from amends.connectors import ports
from runbooks.activity_specs import ActivitySpec, effect, read
from runbooks.catalogued.inputs import ClaimRef, InterceptRef, ParcelRef, PickRef, PriorityRef, ProofRef

SHIPPING: tuple[ActivitySpec, ...] = (
    effect(
        "shipping.prioritise",
        ParcelRef,
        ports.PickPriority,
        {"en": "Have the warehouse pack the parcel first.", "zh": "请仓库优先拣货。"},
        refusals=("ParcelNotFound", "AlreadyDispatched", "NothingToPack"),
        undone_by="shipping.drop_priority",
    ),
    effect(
        "shipping.drop_priority",
        PriorityRef,
        None,
        {"en": "Put the parcel back into its turn.", "zh": "取消优先拣货。"},
        undo_only=True,
    ),
    effect(
        "shipping.cancel_pick",
        ParcelRef,
        ports.Pick,
        {"en": "Ask the warehouse not to send the parcel.", "zh": "请仓库停止发出包裹。"},
        refusals=("ParcelNotFound", "AlreadyDispatched"),
        undone_by="shipping.resume_pick",
    ),
    read(
        "shipping.read_pick",
        PickRef,
        ports.Pick,
        {"en": "Look whether the warehouse has stopped.", "zh": "查询仓库是否已停止发货。"},
        refusals=("PickNotFound",),
    ),
    effect(
        "shipping.resume_pick",
        PickRef,
        None,
        {"en": "Let the warehouse send the parcel after all.", "zh": "让仓库继续发出包裹。"},
        undo_only=True,
    ),
    effect(
        "shipping.upgrade_service",
        ParcelRef,
        ports.Upgrade,
        {"en": "Have the parcel brought faster.", "zh": "升级为更快的配送服务。"},
        refusals=("ParcelNotFound", "NotHandedOver", "AlreadyDelivered", "NoFasterService"),
        final=True,
    ),
    effect(
        "shipping.intercept",
        ParcelRef,
        ports.Intercept,
        {"en": "Ask the carrier to bring the parcel back.", "zh": "请承运商拦截包裹。"},
        refusals=("ParcelNotFound", "NotHandedOver", "AlreadyDelivered"),
        undone_by="shipping.withdraw_intercept",
    ),
    read(
        "shipping.read_intercept",
        InterceptRef,
        ports.Intercept,
        {"en": "Ask the carrier whether the parcel came back.", "zh": "向承运商查询拦截结果。"},
        refusals=("InterceptNotFound",),
    ),
    effect(
        "shipping.withdraw_intercept",
        InterceptRef,
        None,
        {"en": "Let the carrier deliver after all.", "zh": "取消拦截。"},
        undo_only=True,
    ),
    effect(
        "shipping.ask_proof",
        ParcelRef,
        ports.Proof,
        {"en": "Have the carrier prove the delivery.", "zh": "请承运商提供妥投证明。"},
        refusals=("ParcelNotFound", "NotDelivered"),
        undone_by="shipping.withdraw_proof",
    ),
    read(
        "shipping.read_proof",
        ProofRef,
        ports.Proof,
        {"en": "Ask the carrier for its proof.", "zh": "向承运商查询妥投证明。"},
        refusals=("ProofNotFound",),
    ),
    effect(
        "shipping.withdraw_proof",
        ProofRef,
        None,
        {"en": "Tell the carrier that no proof is needed.", "zh": "撤回妥投证明的要求。"},
        undo_only=True,
    ),
    effect(
        "shipping.complete_claim",
        ClaimRef,
        None,
        {"en": "Hand in what proves the claim.", "zh": "提交索赔证据。"},
        refusals=("ClaimNotFound",),
        final=True,
    ),
    effect(
        "shipping.repay_claim",
        ClaimRef,
        None,
        {"en": "Give the carrier's claim payment back.", "zh": "退还承运商的赔款。"},
        refusals=("ClaimNotFound", "NothingPaid"),
        final=True,
    ),
)
