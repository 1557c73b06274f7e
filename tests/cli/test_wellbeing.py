"""Whether a worker's readiness says that somebody looks for what is overdue."""

from datetime import UTC, datetime, timedelta

import pytest

from amends.journal import Journal
from amends.models import Actor, Data
from cli.wellbeing import sweeps
from intake.rulebook import Rulebook
from intake.sweeping import Sweeper
from intake.untold import Telling
from runbooks.bundle import Bundle

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def sweeper(journal: Journal) -> Sweeper:
    return Sweeper(journal, Rulebook(journal.revisions), opening=_never, signalling=_nobody)


async def _never(bundle: Bundle, report: Data, *, key: str, actor: Actor) -> str:
    raise AssertionError(f"nothing is overdue, and still {bundle.exception_type} {report} {key} {actor}")


async def _nobody(telling: Telling) -> None:
    raise AssertionError(f"nothing has happened, and still {telling}")


async def test_one_that_sweeps_or_is_about_to_is_well(sweeper: Sweeper) -> None:
    check = sweeps(sweeper)
    before = await check()

    await sweeper.sweep(datetime.now(UTC))

    assert (before, await check()) == ("ok", "ok")


async def test_one_that_has_not_swept_for_long_is_told(sweeper: Sweeper) -> None:
    await sweeper.sweep(datetime.now(UTC) - timedelta(minutes=3))

    assert await sweeps(sweeper)() == "nobody sweeps what is overdue"


async def test_what_keeps_it_from_sweeping_is_told_until_it_sweeps_again(sweeper: Sweeper) -> None:
    check = sweeps(sweeper)
    await sweeper.fail(datetime.now(UTC), RuntimeError("no server answers"))
    failing = await check()

    await sweeper.sweep(datetime.now(UTC))

    assert (failing, await check()) == ("what is overdue is not opened: no server answers", "ok")
