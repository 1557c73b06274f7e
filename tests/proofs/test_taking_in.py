"""A shop's changes open, wake and clear incidents by themselves, each once, though they are told twice and processes
are killed."""

from collections import Counter
from pathlib import Path

import pytest

from amends.models import Status
from tests.proofs.taking_in import live


@pytest.mark.timeout(600)
async def test_every_incident_is_opened_woken_and_cleared_once(tmp_path: Path) -> None:
    came = await live(tmp_path, seconds=9, per_second=60, astray=6)

    assert came.repeated > came.kept * 0.09
    assert came.kept == came.told
    assert sorted(str(row.order_id) for row in came.incidents) == sorted(came.astray)
    assert {str(row.order_id): row.incident_id for row in came.incidents} == came.opened
    assert {(row.status, row.outcome) for row in came.incidents} == {(Status.CLOSED, "self_resolved")}
    assert [came.woken[row.incident_id] for row in came.incidents] == [1] * 6
    assert set(came.heard.values()) == {1}
    news = Counter(incident for incident, _ in came.heard)
    assert min(news[row.incident_id] for row in came.incidents) >= 2, "of the scan, and of the delivery"
