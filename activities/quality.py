"""What a runbook asks and notes of partners."""

from activities.binding import SystemActivities, carries_out
from amends.connectors import ports
from amends.connectors.ports import Call
from runbooks.catalogued.inputs import Complaining, ObservationRef, Observing, ParcelRef, TicketRef


class QualityActivities(SystemActivities[ports.Quality]):
    @carries_out("quality.read_contract")
    def read_contract(self, call: Call, inputs: ParcelRef) -> ports.Contract:
        return self._port.read_contract(call, parcel_id=inputs.parcel_id)

    @carries_out("quality.read_damage")
    def read_damage(self, call: Call, inputs: ParcelRef) -> ports.Damage:
        return self._port.read_damage(call, parcel_id=inputs.parcel_id)

    @carries_out("quality.observe")
    def observe(self, call: Call, inputs: Observing) -> ports.Observation:
        return self._port.observe(call, order_id=inputs.order_id, party=inputs.party, cause=inputs.cause)

    @carries_out("quality.withdraw_observation")
    def withdraw_observation(self, call: Call, inputs: ObservationRef) -> None:
        self._port.withdraw_observation(call, observation_id=inputs.observation_id)

    @carries_out("quality.open_ticket")
    def open_ticket(self, call: Call, inputs: Complaining) -> ports.Ticket:
        return self._port.open_ticket(call, parcel_id=inputs.parcel_id, cause=inputs.cause)

    @carries_out("quality.read_ticket")
    def read_ticket(self, call: Call, inputs: TicketRef) -> ports.Ticket:
        return self._port.read_ticket(call, ticket_id=inputs.ticket_id)

    @carries_out("quality.close_ticket")
    def close_ticket(self, call: Call, inputs: TicketRef) -> None:
        self._port.close_ticket(call, ticket_id=inputs.ticket_id)
