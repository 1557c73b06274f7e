"""Whether anything stirs in a world is known without asking the server, and comes to an end."""

import asyncio

from amends.connectors.shop import FaultKind
from drills.player import play
from drills.scenario import Fault
from drills.stage import Stage, World
from tests.drills.builders import called_off

_A_MOMENT = 0.1


async def test_it_stirs_while_calls_come_and_go_and_is_quiet_when_all_were_taken(drill_stage: Stage) -> None:
    fault = Fault(call="shipping.open_trace", kind=FaultKind.TROUBLE, times=2)
    scenario = called_off().model_copy(update={"faults": (fault,)})
    async with drill_stage.world(scenario) as world:
        before = world.stirring.lately
        stirred = asyncio.create_task(_stirred(world))
        (course,) = (await play(world, scenario)).values()
        stirs = stirred.done()
        stirred.cancel()
        met = world.shop.faults_to_come()
        await asyncio.sleep(_A_MOMENT)
        afterwards = world.stirring.lately

    assert course.remarks == []
    assert met == [0], "a call that waits for its next try is waited for no longer than that"
    assert (before, stirs, afterwards) == (False, True, False)


async def _stirred(world: World) -> None:
    while not world.stirring.lately:
        await asyncio.sleep(0.01)
