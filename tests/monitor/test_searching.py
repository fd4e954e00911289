"""What somebody who searches may mean."""

from __future__ import annotations

from services.monitor import searching


def test_a_beginning_of_a_uuid_looks_like_an_id_and_a_name_does_not():
    assert searching.looks_like_an_id("0193-ab".replace("-", "0000-"))
    assert searching.looks_like_an_id("019aa5d2-7f1e-7c3a-9f00-1234567890ab")
    assert not searching.looks_like_an_id("acme")
    assert not searching.looks_like_an_id("fee")
