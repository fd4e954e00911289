"""The demo command: completes the Discovery workflow over REST at a running installation, and prints the real
answers."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from services.workflows import step_kinds
from services.workflows.stages import discovery
from shared.ground import wording
from shared.ground.errors import TandemError
from shared.ground.json_types import JsonObject
from shared.ground.settings import Settings
from shared.web.service_client import Client

CUSTOMER = "Brightwater Logistics"
"""The sample customer of the demo."""

RULE = "═" * 67
PATIENCE_SECONDS = 60.0
ENDED = ("success", "failed", "cancelled")
MARKS = {"success": "✓", "failed": "✗", "cancelled": "–"}


def main(settings: Settings, words: Sequence[str]) -> int:
    """Run the demo as the person whose token is on standard input. Returns 0 if every AI task succeeded, else 1."""
    try:
        return walk(Client(settings, "workflows", timeout=30, token=sys.stdin.read().strip()), settings.console_url)
    except TandemError as error:
        print(f"tandem demo: {error.message} Is Tandem running (`make run`)?", file=sys.stderr)
        return 1


def walk(workflows: Client, console_url: str) -> int:
    """Complete the six steps, finalize the plan, and watch its AI tasks; then print where the console shows them."""
    _title("DISCOVERY WORKFLOW DEMO")
    execution = _start(workflows)
    outputs = _steps(workflows, execution)
    base = f"/api/workflows/executions/{execution['id']}/action-plan"
    plan = workflows.post(base + "/generate")
    print("  6. Action Plan Generation ✓")
    _summary(outputs, plan)
    _findings([output["findings"] for output in outputs if "findings" in output])
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


def _start(workflows: Client) -> JsonObject:
    customers = workflows.get("/api/customers", {"q": CUSTOMER})["items"]
    if not customers:
        raise TandemError(f"There is no customer {CUSTOMER}: load the samples with `tandem seed`.")
    customer = customers[0]
    print(
        f"Customer: {customer['name']}, ARR {wording.money(customer['arr'], customer['currency'])}, renewal on {wording.day(customer['renewalDate'])}\n"
    )
    return workflows.post("/api/workflows/executions", {"customerId": customer["id"], "stage": discovery.STAGE.key})


def _steps(workflows: Client, execution: JsonObject) -> list[JsonObject]:
    """Complete the five steps before the plan. Returns their outputs."""
    print("Workflow Steps:")
    outputs = []
    for step in sorted(execution["steps"], key=lambda step: step["orderIndex"])[:-1]:
        entered = {"input": dict(step_kinds.get(step["kind"]).example)}
        workflows.post(f"/api/workflows/executions/{execution['id']}/steps/{step['id']}/complete", entered)
        after = workflows.get(f"/api/workflows/executions/{execution['id']}")
        done = next(each for each in after["steps"] if each["id"] == step["id"])
        outputs.append(done["output"])
        print(f"  {len(outputs)}. {step['title']} {'✓' if done['status'] == 'completed' else done['status']}")
    return outputs


def _summary(outputs: list[JsonObject], plan: JsonObject) -> None:
    print("\n✅ Workflow Summary:")
    for output in outputs:
        print(f"  • {output['summary']}")
    print(f"  • Action Plan: {len(plan['aiTasks'])} AI tasks + {len(plan['csmTasks'])} CSM tasks")


def _findings(findings_of_steps: list[JsonObject]) -> None:
    print("\n📊 Key Findings:")
    for findings in findings_of_steps:
        for mark, word, name in (
            ("🚨", "CRITICAL", "critical"),
            ("⚠️ ", "CONCERN", "concerns"),
            ("✅", "STRENGTH", "strengths"),
        ):
            for text in findings[name]:
                print(f"  {mark} {word}: {text}")
        print(f"  💡 ACTION: {findings['action']}")


def _plan(plan: JsonObject) -> None:
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


def _finalized(made: JsonObject) -> None:
    created = made["created"]
    print(
        f"\n🏁 Finalized: {created['aiTasks']} AI tasks queued, {created['csmTasks']} CSM tasks and {created['subTasks']} sub-tasks created"
    )
    for failure in made["failed"]:
        print(f"  ✗ not made: {failure}")


def _watch(workflows: Client, execution_id: str) -> list[JsonObject]:
    """Print each AI task as it ends, for at most PATIENCE_SECONDS. Returns the tasks as they are then."""
    print("\n⚙️  AI tasks execute by themselves:")
    began, printed = time.monotonic(), set()
    while True:
        tasks = workflows.get(
            "/api/workflows/tasks", {"auto_execute": "true", "execution_id": execution_id, "limit": 100}
        )["items"]
        for task in tasks:
            if task["executionStatus"] in ENDED and task["id"] not in printed:
                printed.add(task["id"])
                print(
                    f"  {MARKS[task['executionStatus']]} {task['title']}: {task['executionStatus']} after {time.monotonic() - began:.1f} s"
                )
        if len(printed) == len(tasks):
            return tasks
        if time.monotonic() - began > PATIENCE_SECONDS:
            open_ones = ", ".join(
                f"{task['title']} ({task['executionStatus']})" for task in tasks if task["id"] not in printed
            )
            print(f"  … still open after {PATIENCE_SECONDS:.0f} s: {open_ones}")
            return tasks
        time.sleep(0.1)
