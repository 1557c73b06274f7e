"""The fixtures that all tests may ask for."""

import gc
from collections.abc import Iterator

import pytest

pytest_plugins = ["tests.databases", "tests.temporal"]


@pytest.fixture(autouse=True, scope="module")
def _what_stays_is_looked_through_once() -> Iterator[None]:
    """A run of all tests gathers millions of objects. Looked through again and again, they stop the process for
    seconds, and a workflow that does not yield for two is given up by its worker."""
    yield
    gc.collect()
    gc.freeze()
