"""Logs are moved aside when they are too large, so many are kept, and who writes goes on writing."""

from __future__ import annotations

import shutil

from shared.process import log_rotation


def turn(log, text):
    with log.open("a") as file:
        file.write(text)
    return log_rotation.rotate(log, 10, 2)


def test_a_log_is_moved_aside_when_it_is_too_large_and_the_oldest_goes(tmp_path):
    log = tmp_path / "api.log"
    assert not log_rotation.rotate(log, 10, 2)
    assert not turn(log, "0123456789")
    for text in ("first ", "second life ", "third life "):
        assert turn(log, text)
    texts = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert texts == {"api.log": "", "api.log.1": "third life ", "api.log.2": "second life "}


def test_who_writes_to_it_goes_on_at_its_beginning(tmp_path):
    log = tmp_path / "api.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"a line of before\n")
        assert log_rotation.rotate(log, 10, 1)
        writer.write(b"after\n")
    assert log.read_text() == "after\n"


def test_on_a_full_disk_it_is_emptied_all_the_same(tmp_path, monkeypatch):
    def full(source, target):
        target.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    log = tmp_path / "api.log"
    assert turn(log, "more than ten bytes")
    assert [path.name for path in tmp_path.iterdir()] == ["api.log"]
    assert log.read_text() == ""
