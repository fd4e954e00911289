"""Turns at a file: between threads, between processes, and past one that is frozen or killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from shared.database.write_lock import WriteLock

HOLD = """
import sys, time
from shared.database.write_lock import WriteLock
with WriteLock(sys.argv[1]).hold(1):
    print("mine", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "file-turn")


@pytest.fixture
def holder(path):
    """Another process that holds the turn."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "mine\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def in_a_thread(lock):
    """A thread that takes the turn, and the event that it sets then."""
    had = threading.Event()

    def take():
        with lock.hold(60):
            had.set()

    thread = threading.Thread(target=take)
    thread.start()
    return thread, had


def test_threads_wait_for_each_other(path):
    lock = WriteLock(path)
    with lock.hold(1):
        thread, had = in_a_thread(lock)
        assert not had.wait(0.1)
    thread.join(60)
    assert had.is_set()


def test_a_process_waits_for_another_and_goes_on_when_that_is_killed(path, holder):
    thread, had = in_a_thread(WriteLock(path))
    assert not had.wait(0.1)
    holder.kill()
    thread.join(60)
    assert had.is_set()


def test_a_frozen_process_costs_patience_and_no_more(path, holder):
    os.kill(holder.pid, signal.SIGSTOP)
    lock = WriteLock(path, patience=2)
    thread, had = in_a_thread(lock)
    assert not had.wait(0.3)
    thread.join(60)
    assert had.is_set()
    thread, had = in_a_thread(lock)
    assert had.wait(1.6), "patience was waited for once more"
    holder.kill()
    holder.wait(60)
    with lock.hold(1):
        _, had = in_a_thread(WriteLock(path))
        assert not had.wait(0.1), "the turn is held again"


def test_whoever_goes_on_without_a_turn_takes_nobody_elses_away(path, holder):
    with WriteLock(path, patience=0.01).hold(1):
        pass
    _, had = in_a_thread(WriteLock(path, patience=2))
    assert not had.wait(0.2)


def test_a_forked_process_has_a_turn_of_its_own(path):
    lock = WriteLock(path)
    with lock.hold(1):
        pass
    child = os.fork()
    if child == 0:
        with lock.hold(1):
            os._exit(0 if lock._file[0] == os.getpid() else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_it_is_given_back_by_whoever_fails(path):
    lock = WriteLock(path)
    with pytest.raises(ValueError, match="no"), lock.hold(1), lock.hold(1):
        raise ValueError("no")
    thread, had = in_a_thread(lock)
    thread.join(60)
    assert had.is_set()
