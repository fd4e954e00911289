"""The workers are killed in the middle of sending: each mail stands once, in one file, and was sent once."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from email import message_from_bytes
from email.policy import SMTP

import pytest

from tests.faults import checker
from tests.faults.conftest import books_of
from tests.faults.nemesis import Nemesis
from tests.faults.orders import Poster
from tests.faults.workers import workers

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

LONG = bool(os.environ.get("LONG"))
MAILS, KILLS = (5_000, 60) if LONG else (400, 10)
RETRIES = 20


def mail(number):
    """The body of a POST that asks for a mail to somebody of that number."""
    metadata = {"to": [{"email": f"p{number}@harbor.test"}], "subject": f"Mail {number}", "body": "Dear you,\n" * 50}
    return {"processor": "send-email", "metadata": metadata}


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_every_mail_is_sent_once_while_workers_are_killed(build, engine, measured):
    with build(engine, TANDEM_MAX_RETRIES=RETRIES) as house:
        books, poster, nemesis = books_of(house), Poster(house), Nemesis(house, seed=3)
        ids: list[str] = []
        with workers(house, 2):
            for kill in range(KILLS):
                ids += poster.post_all(mail(number) for number in range(kill, MAILS, KILLS))
                nemesis.kill(after=(0, 0.1))
            checker.settle(books, ids, seconds=180)
            ledger = checker.read(books, ids)
        boxes = house.told.home / "mailbox"
        sent = [message_from_bytes(path.read_bytes(), policy=SMTP) for path in boxes.glob("*/*.eml")]
        index = sqlite3.connect(boxes / "index.sqlite3")
        times = Counter(row[0] for row in index.execute("SELECT times FROM mail"))
        index.close()
    assert ledger.statuses() == {"success": MAILS}
    assert Counter(str(one["To"]) for one in sent) == Counter(f"p{number}@harbor.test" for number in range(MAILS))
    assert times == {1: MAILS}, "a key was sent again although it could be asked about"
    assert {ledger.tasks[task_id].id for task_id in ids} == {str(one["X-Tandem-Key"]).split(":")[0] for one in sent}
    assert nemesis.kills == KILLS
    measured(mails=MAILS, kills=nemesis.kills, lost=len(ledger.attempts_in("lost")))
