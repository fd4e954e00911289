"""The command line's door: walks the Discovery workflow over REST against what is running, and prints what really came back."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any

from shared.errors import TandemError
from shared.http import Client
from shared.settings import Settings

CUSTOMER = "Brightwater Logistics"
"""The sample that is the founding documents' own case."""

ASSESSMENT = {"relationshipScore": 8, "confidenceScore": 7, "notes": "Operations trusts us. I have never met the CFO."}
RULE = "═" * 67
PATIENCE_SECONDS = 60.0
ENDED = ("success", "failed", "cancelled")
MARKS = {"success": "✓", "failed": "✗", "cancelled": "–"}


def main(settings: Settings, words: Sequence[str]) -> int:
    """Walk the story as whoever the token on standard input belongs to. 0 when every AI task ended well, else 1."""
    try:
        return walk(Client(settings, "workflows", timeout=30, token=sys.stdin.read().strip()), settings.console_url)
    except TandemError as error:
        print(f"tandem demo: {error.message} Is Tandem running (`make run`)?", file=sys.stderr)
        return 1


def walk(workflows: Client, console_url: str) -> int:
    """Six steps, the plan, its tasks, and the AI tasks at work; then where the console shows them."""
    _title("DISCOVERY WORKFLOW DEMO")
    execution = _start(workflows)
    outputs = _steps(workflows, execution)
    base = f"/api/workflows/executions/{execution['id']}/action-plan"
    plan = workflows.post(base + "/generate")
    print("  6. Action Plan Generation ✓")
    _summary(outputs, plan)
    _findings(outputs["recommendations"])
    _plan(plan)
    made = workflows.post(base + "/finalize")
    _finalized(made)
    tasks = _watch(workflows, execution["id"])
    console = console_url.rstrip("/") + "/app"
    print(
        f"\n🔗 The renewal: {console}/renewals/{execution['id']}\n   Its run:     {console}/monitor/runs/{execution['id']}"
    )
    return 0 if tasks and all(task["executionStatus"] == "success" for task in tasks) else 1


def _title(text: str) -> None:
    print(f"{RULE}\n  {text}\n{RULE}\n")


def _start(workflows: Client) -> dict[str, Any]:
    found = workflows.get("/api/customers", {"q": CUSTOMER})["items"]
    if not found:
        raise TandemError(f"There is no customer {CUSTOMER}: load the samples with `tandem seed`.")
    customer = found[0]
    print(
        f"Customer: {customer['name']}, ARR {customer['currency']} {float(customer['arr']):,.0f}, renewal on {customer['renewalDate']}\n"
    )
    return workflows.post("/api/workflows/executions", {"customerId": customer["id"], "stage": "discovery"})


def _steps(workflows: Client, execution: dict[str, Any]) -> dict[str, Any]:
    """Complete the five steps before the plan; the outputs by kind."""
    print("Workflow Steps:")
    outputs = {}
    for step in sorted(execution["steps"], key=lambda step: step["orderIndex"])[:-1]:
        told = ASSESSMENT if step["kind"] == "assessment" else {}
        workflows.post(f"/api/workflows/executions/{execution['id']}/steps/{step['id']}/complete", {"input": told})
        after = workflows.get(f"/api/workflows/executions/{execution['id']}")
        done = next(one for one in after["steps"] if one["id"] == step["id"])
        outputs[step["kind"]] = done["output"]
        print(f"  {len(outputs)}. {step['title']} {'✓' if done['status'] == 'completed' else done['status']}")
    return outputs


def _summary(outputs: dict[str, Any], plan: dict[str, Any]) -> None:
    print("\n✅ Workflow Summary:")
    for output in outputs.values():
        print(f"  • {output['summary']}")
    print(f"  • Action Plan: {len(plan['aiTasks'])} AI tasks + {len(plan['csmTasks'])} CSM tasks")


def _findings(recommendations: dict[str, Any]) -> None:
    found = recommendations["findings"]
    print("\n📊 Key Findings:")
    for mark, word, texts in (
        ("🚨", "CRITICAL", found["critical"]),
        ("⚠️ ", "CONCERN", found["concerns"]),
        ("✅", "STRENGTH", found["strengths"]),
    ):
        for text in texts:
            print(f"  {mark} {word}: {text}")
    print(f"  💡 ACTION: {found['action']}")


def _plan(plan: dict[str, Any]) -> None:
    print("\n🤖 AI tasks:")
    for item in plan["aiTasks"]:
        print(f"  • {item['title']}  ({item['processor']}, {item['estimatedCompletionTime']})")
    print("\n👤 CSM tasks:")
    for item in plan["csmTasks"]:
        print(f"  • {item['title']}  ({item['complexity']}, {item['estimatedCompletionTime']})")
        for sub in item.get("subTasks") or []:
            print(f"      ☐ {sub['title']}")
    print("\n📋 Timeline:")
    for entry in plan["timeline"]:
        print(f"  {entry['order']}. {entry['date']}  [{entry['owner']:<8}] {entry['action']}")
    following = plan["nextWorkflow"]
    if following:
        print(f"\n⏭  Next workflow: {following['name']} on {following['estimatedDate']}")
        for condition in following["conditions"]:
            print(f"  • {condition}")
    for issue in plan["issues"]:
        print(f"  ! {issue}")


def _finalized(made: dict[str, Any]) -> None:
    created = made["created"]
    print(
        f"\n🏁 Finalized: {created['aiTasks']} AI tasks queued, {created['csmTasks']} CSM tasks and {created['subTasks']} sub-tasks created"
    )
    for failure in made["failed"]:
        print(f"  ✗ not made: {failure}")


def _watch(workflows: Client, execution_id: str) -> list[dict[str, Any]]:
    """Print each AI task as it ends; the tasks as they stand at the end."""
    print("\n⚙️  AI tasks execute by themselves:")
    began, told = time.monotonic(), set()
    while True:
        tasks = workflows.get(
            "/api/workflows/tasks", {"auto_execute": "true", "execution_id": execution_id, "limit": 100}
        )["items"]
        for task in tasks:
            if task["executionStatus"] in ENDED and task["id"] not in told:
                told.add(task["id"])
                print(
                    f"  {MARKS[task['executionStatus']]} {task['title']}: {task['executionStatus']} after {time.monotonic() - began:.1f} s"
                )
        if len(told) == len(tasks):
            return tasks
        if time.monotonic() - began > PATIENCE_SECONDS:
            open_ones = ", ".join(
                f"{task['title']} ({task['executionStatus']})" for task in tasks if task["id"] not in told
            )
            print(f"  … still open after {PATIENCE_SECONDS:.0f} s: {open_ones}")
            return tasks
        time.sleep(0.1)
