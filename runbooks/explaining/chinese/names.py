"""Chinese names of what runbooks name in English: facts, fields and roles.

What is not here is shown as it is written.
"""

ROOTS = {
    "report": "报告中的",
    "event": "订单动态的",
    "order": "订单",
    "parcel": "包裹",
    "stock": "库存",
    "trace": "查找",
    "shipment": "补发包裹",
    "replacement": "补发订单",
    "reservation": "预留",
    "refund": "退款",
    "claim": "索赔",
}
"""By the names under which the shipped runbooks save them."""

FIELDS = {
    "amount": "金额",
    "carrier": "承运商",
    "channel": "渠道",
    "claim_id": "索赔编号",
    "credit_id": "入账编号",
    "currency": "币种",
    "hold_id": "暂缓编号",
    "language": "语言",
    "last_scan_at": "最后扫描时间",
    "last_seen_at": "最后出现时间",
    "lines_refundable": "可退金额",
    "message_id": "消息编号",
    "name": "姓名",
    "order_id": "订单号",
    "parcel_id": "包裹号",
    "refund_id": "退款编号",
    "refunded": "已退金额",
    "replacement_id": "补发订单号",
    "reservable": "可预留情况",
    "reservation_id": "预留编号",
    "status": "状态",
    "subject": "主题",
    "texts": "文本",
    "bounced": "退回次数",
    "time": "时间",
    "total": "总额",
    "trace_id": "查找编号",
    "tracking_no": "运单号",
    "type": "类型",
    "value": "价值",
    "values": "填充内容",
    "zone": "时区",
}

HOLDS = {
    "reservable": ("可以预留", "无法预留"),
    "incident.resolved": ("顾客问题已解决", "顾客问题尚未解决"),
    "incident.closed": ("事件已结束", "事件尚未结束"),
}
"""What it means that a fact is true, and that it is not."""

ROLES = {
    "logistics": "物流",
    "logistics_lead": "物流主管",
    "operations_manager": "运营经理",
    "finance": "财务",
}
