"""One running application a service, with sample data, asked in process."""

from __future__ import annotations

import pytest

from shared import clock
from shared.acts import By
from shared.tokens import Signer
from tests.contexts import CONTEXTS


@pytest.fixture(scope="session")
def applications(make_settings):
    """`applications["runs"]` -> (Flask application, settings), migrated and seeded."""
    made = {}
    for name, context in CONTEXTS.items():
        told = make_settings(name, redis_url="redis://127.0.0.1:1/0")
        context.migrate(told)
        context.connect(told)
        context.seed(told, clock.now())
        made[name] = (context.make_app(told), told)
    return made


@pytest.fixture(scope="session")
def admin(keys):
    """Headers of an admin of the sample tenant."""
    by = By("person", "contract-tester", "Tester", "demo", roles=frozenset({"admin"}))
    from datetime import timedelta

    return {
        "Authorization": "Bearer " + Signer("monitor", keys).for_person(by, clock.now(), lifetime=timedelta(hours=2))
    }
