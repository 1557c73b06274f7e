"""The sandbox in which incidents run: strict about what gets into it, and entered only for the workflow's own code."""

from typing import Any

from temporalio.converter import StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

_POLICY = (
    SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
    | SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
)


class StrictSandbox(SandboxedWorkflowRunner):
    """The sandbox of workers and of replays: a module that slips into it unannounced is an error at the start."""

    def __init__(self) -> None:
        super().__init__(restrictions=SandboxRestrictions.default.with_import_notification_policy(_POLICY))

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return _Incident(super().create_instance(det))


class _Incident(WorkflowInstance):
    """A workflow that is not asked in its sandbox, six times for each payload, in what context to write it: ours are
    written the same in any. (``benchmarks/sandbox.py`` measures what that spares.)"""

    def __init__(self, sandboxed: WorkflowInstance) -> None:
        self._sandboxed = sandboxed

    def activate(self, act: Any) -> Any:
        return self._sandboxed.activate(act)

    def get_serialization_context(self, command_info: Any) -> None:  # noqa: ARG002
        return None

    def get_external_store_context(self, command_info: Any) -> StorageDriverStoreContext:  # noqa: ARG002
        return StorageDriverStoreContext(target=None)

    def get_info(self) -> Any:
        return self._sandboxed.get_info()

    def get_thread_id(self) -> int | None:
        return self._sandboxed.get_thread_id()
