"""A workflow that does nothing but sleep, apart from the tests: a sandbox imports its module each time."""

from datetime import timedelta

from temporalio import workflow


@workflow.defn
class Sleeper:
    """Sleeps as long as it is told and gives back how many seconds went by for it."""

    @workflow.run
    async def run(self, seconds: int) -> int:
        started = workflow.now()
        await workflow.sleep(timedelta(seconds=seconds))
        return round((workflow.now() - started).total_seconds())
