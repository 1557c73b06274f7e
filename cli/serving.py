"""``amends worker``: a worker for a Temporal server that runs elsewhere."""

import worker
from amends.settings import Settings
from cli import logs
from cli.options import Address
from cli.records import answering, shown


async def serve(*, address: Address = None) -> None:
    """Serve incidents for a Temporal server that runs elsewhere, until Ctrl-C or SIGTERM.

    For example, with a cluster and a journal on PostgreSQL:

      export AMENDS_DATABASE_URL=postgresql+psycopg://amends@db.example/amends
      amends db upgrade
      amends worker --address temporal.example:7233

    Start as many as the load needs, on any machine: each carries incidents,
    journal writes and effects. When one is stopped, what is running finishes
    first; a second signal does not wait for that.
    """
    logs.to_stderr()
    with answering(shown(Settings().database_url)):
        await worker.main(address)
