"""Figures of an API: nobody makes more of them by asking."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def figures(application):
    return application.test_client().get("/metrics").text


def test_invented_methods_and_addresses_add_no_figures(application, monitor):
    client = application.test_client()
    client.open("/livez", method="INVENTED")
    client.get("/invented")
    figures(application)
    before = figures(application)
    for number in range(100):
        client.open("/livez", method=f"INVENTED{number}")
        client.get(f"/invented-{number}?x={number}", headers={"X-Request-Id": f"id-{number}"})
    after = figures(application)
    assert len(after.splitlines()) == len(before.splitlines())
    assert 'method="other"' in after
    assert "INVENTED" not in after


COUNTING = """
import os, sys
from pathlib import Path
from shared.web import health
health.share_metrics(Path(sys.argv[1]))
metrics = None
for number in range(2):
    child = os.fork()
    if not child:
        health.Metrics().observe("GET", "/livez", 200, 0.01)
        os._exit(0)
    os.waitpid(child, 0)
metrics = health.Metrics()
metrics.observe("GET", "/livez", 200, 0.01)
print(metrics.text().decode())
"""


def test_processes_of_one_api_count_together(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", COUNTING, str(tmp_path)], cwd=ROOT, env={**os.environ}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert 'tandem_http_request_seconds_count{method="GET",route="/livez",status="200"} 3.0' in done.stdout
