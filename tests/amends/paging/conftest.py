from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.amends.paging.vendors import Vendors, vendors


@pytest.fixture
def chat() -> Iterator[Vendors]:
    """The robots of this machine."""
    with vendors() as state:
        yield state


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Who issues certificates."""
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine trusts the authority."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
