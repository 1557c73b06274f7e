"""One stage for all drills of a test run."""

from collections.abc import AsyncIterator

import pytest

from drills.stage import Stage, stage


@pytest.fixture(scope="session")
async def drill_stage() -> AsyncIterator[Stage]:
    async with stage(at_once=6) as on:  # another test run may well be at work beside this one
        yield on
