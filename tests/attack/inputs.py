"""Bad inputs of every kind to every route of the four services: whatever is sent, no answer is 5xx."""

from __future__ import annotations

from collections.abc import Iterator

import requests

from tests.attack import forms, framing, json_bodies, odd_addresses
from tests.attack.asking import Answered, ask_all
from tests.attack.report import Table
from tests.attack.target import Target, standing
from tests.contexts import CONTEXTS

NOT_IMPLEMENTED = 501
"""What HTTP asks for where a Transfer-Encoding is none that a server knows (RFC 9112, 6.1)."""


def main() -> int:
    """Build the house, send them, and print how many were answered with 5xx, each with its request; 1 when one was."""
    wrong = 0
    with standing() as target:
        for title, answers in _tried(target):
            table = Table(title, "5xx")
            for answered in answers:
                table.count(
                    answered.call.kind, answered, wrong=answered.status >= 500 and answered.status != NOT_IMPLEMENTED
                )
            table.show()
            wrong += table.wrong
        _are_well(target)
    return int(wrong > 0)


def _tried(target: Target) -> Iterator[tuple[str, Iterator[Answered]]]:
    url = target.house.url
    yield "bodies in JSON", ask_all(url, json_bodies.calls(target))
    yield "addresses", ask_all(url, odd_addresses.calls(target))
    yield "bytes", framing.answers(target)
    yield "forms of the console", ask_all(url, forms.calls(target))


def _are_well(target: Target) -> None:
    for service in CONTEXTS:
        ready = requests.get(target.house.url(service) + "/readyz", timeout=30)
        assert ready.ok, f"{service} is not ready afterwards: {ready.text}"
