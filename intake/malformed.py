"""What cannot be taken as an order event, and why."""

from amends.errors import InputError


class MalformedEvent(InputError):
    """What came is no order event; the text says what is wrong with it and how to mend it."""

    code = "malformed_event"
