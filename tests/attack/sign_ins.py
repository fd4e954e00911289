"""A flood of wrong passwords from a process of its own: `python -m tests.attack.sign_ins URL SECONDS`."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter

import requests

AT_ONCE = 60


def flood(url: str, seconds: float) -> tuple[Counter[int], float]:
    """Sign in wrongly from many threads at once, each as soon as it is answered: how often each status, and the longest wait."""
    answers: Counter[int] = Counter()
    waits = [0.0]
    until = time.monotonic() + seconds

    def go_on(number: int) -> None:
        while time.monotonic() < until:
            began = time.monotonic()
            told = {"email": f"nobody{number}@demo.tandem.test", "password": "not the right one"}
            answer = requests.post(url, data=told, headers={"Sec-Fetch-Site": "same-origin"}, timeout=60)
            answers[answer.status_code] += 1
            waits.append(time.monotonic() - began)

    threads = [threading.Thread(target=go_on, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers, max(waits)


if __name__ == "__main__":
    found, longest = flood(sys.argv[1], float(sys.argv[2]))
    print(json.dumps({"answers": found, "longest": longest}))
