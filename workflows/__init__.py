"""What happens next (a pure state machine) and its host on Temporal, which makes it happen, durably."""
