"""How well real contracts are read: what is read of each is held against what lawyers found in it (CUAD v1).

The contracts, their labels and the rules by which answers are counted lie beside the project; without them nothing is
measured. They are those on which the rules were developed: on other contracts of the same source the figures are lower.
"""

from __future__ import annotations

import importlib.util
import json
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from services.workflows.facts.customer import ContractFacts
from services.workflows.step_kinds import contract_analysis
from tests.bench.report import Row, at_least, plain

BESIDE = Path(__file__).resolve().parents[3] / "shared"
RULES, CONTRACTS = BESIDE / "tools" / "score-contracts", BESIDE / "data" / "cuad-dev.jsonl"
GOALS = {
    "a notice": 85,
    "b renews automatically": 93,
    "b' renews only by wish": 88,
    "c renewal length": 90,
    "d ends for convenience": 80,
    "d' by whom": 88,
    "e term end": 80,
    "f most favoured": 60,
    "f uncapped liability": 68,
    "f assignment or control": 95,
    "f exclusivity": 78,
    "f minimum commitment": 78,
}
"""The F1 to reach for each question on other contracts, in per cent."""

FAR_OFF = timedelta(days=36_500)
"""How far ahead the customer's renewal date lies, so that no answer comes from it."""


def measure() -> list[Row]:
    """A row for each question: its F1, and beside it what it is made of; and how long the reading took."""
    if not (RULES.exists() and CONTRACTS.exists()):
        return [Row("contracts", "not measured", beside="there are no labelled contracts beside the project")]
    rules = _rules()
    contracts = [json.loads(line) for line in CONTRACTS.read_text(encoding="utf-8").splitlines()]
    began = time.process_time()
    readings = [(contract, _read(rules, contract)) for contract in contracts]
    seconds = time.process_time() - began
    characters = sum(len(contract["text"]) for contract in contracts)
    outcomes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for question, right_of, told, is_right, _ in rules.question_table():
        for contract, output in readings:
            outcome, among = rules.judged(right_of(contract), told(output), is_right)
            outcomes[question].append({"outcome": outcome, "among": among, "cited": False})
    rows = [_row(question, rules.score(outcomes[question]), goal) for question, goal in GOALS.items()]
    return [*rows, plain("contracts: reading 100,000 characters", 1e8 * seconds / characters, "ms")]


def _rules() -> ModuleType:
    loader = SourceFileLoader("score_contracts", str(RULES))
    spec = importlib.util.spec_from_loader("score_contracts", loader)
    if spec is None:
        raise ImportError(f"{RULES} is no module")
    rules = importlib.util.module_from_spec(spec)
    loader.exec_module(rules)
    return rules


def _read(rules: ModuleType, contract: Mapping[str, Any]) -> Mapping[str, Any]:
    today = rules.as_of(contract)
    document = ContractFacts(contract["id"], contract["title"], contract["text"])
    return contract_analysis.analyse([document], today + FAR_OFF, today)


def _row(question: str, score: Mapping[str, Any], goal: float) -> Row:
    beside = f"precision {score['P'] or 0:.2f}, recall {score['R'] or 0:.2f}, {score['labelled']} labelled"
    return at_least(
        f"contracts: {question[question.index(' ') + 1 :]}, F1", 100 * (score["F1"] or 0), goal, "%", beside
    )
