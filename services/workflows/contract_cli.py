"""The command `python -m services.workflows read-contract`: what is read of contracts whose texts are on its standard
input, without any service or database."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date

from services.workflows.facts.customer import ContractFacts
from services.workflows.step_kinds import contract_analysis
from shared.ground import clock
from shared.ground.json_types import JsonObject
from shared.ground.settings import Settings

TITLES = {
    "termEnd": "End of the term",
    "notice": "Notice of non-renewal",
    "autoRenewal": "Renewal",
    "priceCap": "Price cap",
    "terminationForConvenience": "Termination for convenience",
    "terminationForCause": "Termination for cause",
    "serviceCredits": "Service credits",
    "dataReturn": "Data at the end",
}
ASIDE = frozenset(["status", "sentence", "why", "contractId", "candidates", "rights", "amount", "unit", "replaces"])
"""The fields of a finding that are not among its values, or say the same as another."""


def read_contract(_: Settings, words: Sequence[str]) -> int:
    """Print what is read of each text, a line of JSON each with `--json`. Standard input has a line of JSON for each file, as
    the executor's `read-text` prints it. Returns 1 if a file could not be read; the reason is on standard error."""
    arguments = _parser().parse_args(list(words))
    refused = False
    for line in sys.stdin:
        file = json.loads(line)
        if "refused" in file:
            refused = True
            print(f"tandem read-contract: {file['file']}: {file['refused']}", file=sys.stderr)
            continue
        reading = _reading(file, arguments.effective_on, arguments.as_of or clock.now().date())
        print(json.dumps(reading, ensure_ascii=False) if arguments.json else "\n".join(_lines(reading)), flush=True)
    return 1 if refused else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tandem read-contract")
    parser.add_argument("--as-of", type=date.fromisoformat)
    parser.add_argument("--effective-on", type=date.fromisoformat)
    parser.add_argument("--json", action="store_true")
    return parser


def _reading(file: JsonObject, effective_on: date | None, today: date) -> JsonObject:
    """`{file, termEnd, ..., obstacles, unread}` as the step of the analysis has them, and what the file's reader left out."""
    contract = ContractFacts(file["file"], file["file"], file["text"], effective_on)
    output = contract_analysis.analyse([contract], None, today)
    left_out = [{"contractId": contract.id, "clause": None, "why": problem} for problem in file["problems"]]
    return {
        "file": contract.id,
        **{clause: output[clause] for clause in contract_analysis.CLAUSES},
        "obstacles": output["obstacles"],
        "unread": left_out + output["unread"],
    }


def _lines(reading: JsonObject) -> Iterable[str]:
    yield reading["file"]
    for clause, title in TITLES.items():
        finding = reading[clause]
        yield f"  {title + ':':<29}{_answer(finding)}"
        yield from _quotes(finding)
    for obstacle in reading["obstacles"]:
        yield f"  {'Obstacle:':<29}{obstacle['title']} ({obstacle['severity']})"
        yield from _quotes(obstacle)
    for passage in reading["unread"]:
        if passage["clause"] is None:
            yield f"  {'Not read:':<29}{passage['why']}"
    yield ""


def _answer(finding: JsonObject) -> str:
    """The values of a finding in words; why there are none, where there are none."""
    if finding["status"] != "found":
        return f"{finding['status']}: {finding['why']}"
    values = {name: value for name, value in finding.items() if name not in ASIDE and value is not None}
    return ", ".join(f"{_spaced(name)} {_words(value)}" for name, value in values.items())


def _spaced(name: str) -> str:
    """The name of a field as words: "termMonths" is "term months"."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)


def _words(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _quotes(finding: JsonObject) -> Iterable[str]:
    """The sentences behind a finding."""
    for candidate in finding.get("candidates") or finding.get("rights") or [finding]:
        if candidate.get("sentence"):
            yield f"      “{' '.join(candidate['sentence'].split())}”"
