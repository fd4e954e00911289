"""The step that reads the customer's contracts: notice, renewal, price, termination, credits, the return of data and
obstacles, each with its sentence."""

from collections.abc import Sequence
from datetime import date

from services.workflows.clauses import (
    data_return,
    notice,
    obstacles,
    price_cap,
    renewal,
    service_credits,
    start,
    term,
    termination,
)
from services.workflows.clauses.finding import Finding, not_found, unreadable
from services.workflows.clauses.text import Sentence, sentences, why_unreadable
from services.workflows.definition import StepContext, StepKind
from services.workflows.facts.customer import ContractFacts
from shared.ground import wording
from shared.ground.json_types import JsonObject

CLAUSES = (
    "termEnd",
    "notice",
    "autoRenewal",
    "priceCap",
    "terminationForConvenience",
    "terminationForCause",
    "serviceCredits",
    "dataReturn",
)
_NAMES = dict(
    zip(
        CLAUSES,
        (
            "the end of the term",
            "the notice",
            "the renewal",
            "the price cap",
            "termination for convenience",
            "termination for cause",
            "the service credits",
            "the return of data",
        ),
        strict=True,
    )
)


def compute(context: StepContext) -> JsonObject:
    """See `analyse`."""
    facts = context.facts
    return analyse(facts.contracts, facts.customer.renewal_date, facts.today)


def analyse(contracts: Sequence[ContractFacts], renewal_date: date | None, today: date) -> JsonObject:
    """Read contracts of one customer. For each clause the latest contract that mentions it counts.

    Returns `{contracts, termEnd, notice, autoRenewal, priceCap, terminationForConvenience, terminationForCause,
    serviceCredits, dataReturn, obstacles, criticalObstacles, unread, summary}`. The latest contract is the one that
    took effect last; a clause that cannot be read says so and why.
    """
    documents = sorted(contracts, key=lambda document: (document.effective_on or date.min, document.id))
    texts = [sentences(document.text) for document in documents]
    beginnings = [start.read(passages) for passages, _ in texts]
    readings = [
        _read(document, text, of_it.filled_from(beginnings), renewal_date, today)
        for document, text, of_it in zip(documents, texts, beginnings, strict=True)
    ]
    output: JsonObject = {
        "contracts": [
            {
                "id": document.id,
                "title": document.title,
                "effectiveOn": _day(document.effective_on),
                "endsOn": _day(document.ends_on),
            }
            for document in documents
        ],
        **{clause: _latest([reading[clause] for reading in readings]) for clause in CLAUSES},
        "obstacles": _obstacles([reading["obstacles"] for reading in readings]),
        "unread": [passage for reading in readings for passage in reading["unread"]],
    }
    output["unread"] += [
        {"contractId": output[clause].get("contractId"), "clause": clause, "why": output[clause]["why"]}
        for clause in CLAUSES
        if output[clause]["status"] in ("unreadable", "contradictory")
    ]
    output["notice"] = _with_days(output["notice"], today)
    output["criticalObstacles"] = sum(obstacle["severity"] == "critical" for obstacle in output["obstacles"])
    return output | {"summary": _summary(output)}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _read(
    document: ContractFacts,
    text: tuple[list[Sentence], list[str]],
    beginnings: start.Beginnings,
    renewal_date: date | None,
    today: date,
) -> JsonObject:
    if why := why_unreadable(document.text):
        lost = unreadable(why) | {"contractId": document.id}
        entered = {"termEnd": _entered(document, renewal_date, today)} if document.ends_on else {}
        return (
            dict.fromkeys(CLAUSES, lost)
            | entered
            | {
                "obstacles": [],
                "unread": [{"contractId": document.id, "clause": None, "why": why}],
            }
        )
    passages, left_out = text
    ends = term.written(passages, beginnings, document.effective_on)
    end = term.read(ends, document.ends_on, renewal_date, today)
    ended = termination.read(passages)
    renews = renewal.read(passages, "text" in end.get("from", ""))
    clauses: dict[str, Finding] = {
        "termEnd": end,
        "notice": notice.read(passages, date.fromisoformat(end["date"]) if end.get("date") else None, renews),
        "autoRenewal": renews,
        "priceCap": price_cap.read(passages),
        "terminationForConvenience": ended["convenience"],
        "terminationForCause": ended["cause"],
        "serviceCredits": service_credits.read(passages),
        "dataReturn": data_return.read(passages),
    }
    return {
        **{clause: finding | {"contractId": document.id} for clause, finding in clauses.items()},
        "obstacles": [obstacle | {"contractId": document.id} for obstacle in obstacles.read(passages)],
        "unread": [{"contractId": document.id, "clause": None, "why": why} for why in left_out]
        + [{"contractId": document.id, "clause": "termEnd", "why": why} for why in [term.unread(ends, end)] if why],
    }


def _entered(document: ContractFacts, renewal_date: date | None, today: date) -> Finding:
    """The end of the term by the date that a person entered, where nothing can be read."""
    end = term.read(term.Written(), document.ends_on, renewal_date, today)
    return end | {"contractId": document.id}


def _latest(findings: list[Finding]) -> Finding:
    """The finding of the latest document that mentions the clause; the earlier ones are kept beside it. The customer's
    renewal date stands for the end of the term only where no document gives one."""
    if not findings:
        return not_found("there is no contract on file")
    of_the_customer = [finding for finding in findings if finding.get("from") == "customer.renewalDate"]
    speaking = [finding for finding in findings if finding["status"] != "not found" and finding not in of_the_customer]
    speaking = speaking or of_the_customer
    if not speaking:
        return findings[-1]
    replaced = [
        {"contractId": finding["contractId"], "sentence": finding["sentence"]}
        for finding in speaking[:-1]
        if finding["sentence"]
    ]
    return speaking[-1] | ({"replaces": replaced} if replaced else {})


def _obstacles(by_document: list[list[Finding]]) -> list[Finding]:
    """Each kind once, as in the earliest document that has it, the most severe first."""
    by_key = {obstacle["key"]: obstacle for of_document in reversed(by_document) for obstacle in of_document}
    order = ("critical", "high", "medium")
    return sorted(by_key.values(), key=lambda obstacle: (order.index(obstacle["severity"]), obstacle["title"]))


def _with_days(finding: Finding, today: date) -> Finding:
    """The notice with its days left, also for the candidates of a contradiction."""
    if finding.get("noticeDate"):
        return finding | {"daysLeft": (date.fromisoformat(finding["noticeDate"]) - today).days}
    if finding.get("candidates"):
        return finding | {"candidates": [_with_days(each, today) for each in finding["candidates"]]}
    return finding


def _summary(output: JsonObject) -> str:
    if not output["contracts"]:
        return "No contract is on file, so nothing could be read."
    critical = output["criticalObstacles"]
    parts = [f"{critical} critical obstacle{'' if critical == 1 else 's'}"]
    if output["notice"].get("noticeDate"):
        parts.append(f"notice by {wording.day(output['notice']['noticeDate'])}")
    unclear = [_NAMES[clause] for clause in CLAUSES if output[clause]["status"] in ("unreadable", "contradictory")]
    if unclear:
        parts.append("not clear: " + ", ".join(unclear))
    return "Contract analyzed: " + "; ".join(parts) + "."


KIND = StepKind("contract_analysis", compute)
