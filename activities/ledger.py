"""What a runbook does with the books."""

from activities.binding import SystemActivities, carries_out
from amends.connectors import ports
from amends.connectors.ports import Call
from runbooks.catalogued.inputs import EntryRef, OrderAmount, OrderRef, WritingOff


class LedgerActivities(SystemActivities[ports.Ledger]):
    @carries_out("ledger.balance")
    def balance(self, call: Call, inputs: OrderRef) -> ports.Balance:
        return self._port.balance(call, order_id=inputs.order_id)

    @carries_out("ledger.reconcile")
    def reconcile(self, call: Call, inputs: OrderRef) -> ports.Reconciliation:
        return self._port.reconcile(call, order_id=inputs.order_id)

    @carries_out("ledger.adjust")
    def adjust(self, call: Call, inputs: OrderAmount) -> ports.LedgerEntry:
        return self._port.adjust(call, order_id=inputs.order_id, amount=inputs.amount)

    @carries_out("ledger.write_off")
    def write_off(self, call: Call, inputs: WritingOff) -> ports.LedgerEntry:
        return self._port.write_off(call, order_id=inputs.order_id, amount=inputs.amount, daily_cap=inputs.daily_cap)

    @carries_out("ledger.reverse")
    def reverse(self, call: Call, inputs: EntryRef) -> None:
        self._port.reverse(call, entry_id=inputs.entry_id)
