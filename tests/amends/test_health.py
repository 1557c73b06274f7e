"""Health over HTTP: what each page answers, whatever the checks do."""

import asyncio
import json
import socket
import urllib.error
import urllib.request
from typing import Any

import pytest

from amends import health
from amends.addresses import Address
from amends.errors import ConfigurationError
from amends.health import OK, Check
from amends.server_process import free_port


@pytest.fixture
def address() -> Address:
    return Address("127.0.0.1", free_port())


async def ask(address: Address, page: str) -> tuple[int, Any]:
    def get() -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(f"http://{address}{page}", timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)

    return await asyncio.to_thread(get)


async def well() -> str:
    return OK


async def failing() -> str:
    raise OSError("connection refused\nand a long story")


async def test_a_process_whose_checks_all_pass_is_ready(address: Address) -> None:
    with health.answering(address, {"journal": well, "temporal": well}):
        assert await ask(address, "/ready") == (200, {"ready": True, "journal": "ok", "temporal": "ok"})


async def test_a_check_that_fails_is_503_with_the_reason_and_the_process_lives(address: Address) -> None:
    with health.answering(address, {"journal": failing, "temporal": well}):
        ready, live = await ask(address, "/ready"), await ask(address, "/live")

    assert ready == (503, {"ready": False, "journal": "connection refused", "temporal": "ok"})
    assert live == (200, {"live": True})


async def test_a_check_that_never_answers_is_given_up(address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_PATIENCE", 0.05)

    async def hangs() -> str:
        await asyncio.Event().wait()
        return OK

    with health.answering(address, {"journal": hangs}):
        status, said = await ask(address, "/ready")

    assert (status, said["ready"]) == (503, False)
    assert said["journal"].startswith("silent for")


async def test_checks_may_change_while_it_answers(address: Address) -> None:
    checks: dict[str, Check] = {"journal": failing}

    with health.answering(address, checks):
        before, _ = await ask(address, "/ready")
        checks["journal"] = well
        after, _ = await ask(address, "/ready")

    assert (before, after) == (503, 200)


async def test_a_page_that_there_is_not_names_those_that_there_are(address: Address) -> None:
    with health.answering(address, {}):
        status, said = await ask(address, "/")

    assert status == 404
    assert "/live or /ready" in said["error"]


async def test_an_address_that_is_taken_is_an_error(address: Address) -> None:
    with socket.socket() as taken:
        taken.bind(address)
        taken.listen()

        with (
            pytest.raises(ConfigurationError, match="AMENDS_HEALTH_ADDRESS: nothing can listen on"),
            health.answering(address, {}),
        ):
            pass
