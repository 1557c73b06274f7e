"""The worker deployment version that the settings make of a worker."""

from temporalio.common import WorkerDeploymentVersion

from amends import __version__
from amends.errors import ConfigurationError
from amends.settings import Settings


def version_of(settings: Settings) -> WorkerDeploymentVersion | None:
    """The version, or ``None`` for a worker that takes whatever comes. Without ``AMENDS_BUILD`` it is this release's.

    Raises ``ConfigurationError`` for a build of no deployment.
    """
    if settings.deployment is None:
        if settings.build is not None:
            raise ConfigurationError("AMENDS_BUILD is set, and AMENDS_DEPLOYMENT is not; set both, or none of them")
        return None
    return WorkerDeploymentVersion(settings.deployment, settings.build or __version__)
