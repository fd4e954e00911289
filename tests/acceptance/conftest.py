"""The whole house, once for all stories."""

from __future__ import annotations

import pytest

from tests.house import House


@pytest.fixture(scope="package")
def house(tmp_path_factory):
    """Four services with their workers, a real Redis-protocol server and sample data."""
    with House(tmp_path_factory.mktemp("house")) as started:
        yield started
