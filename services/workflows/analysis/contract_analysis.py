"""What the customer's contracts say about notice, renewal, price, termination and obstacles, each with its sentence."""

from datetime import date
from typing import Any

from services.workflows.analysis.clauses import notice, obstacles, price_cap, renewal, term, termination
from services.workflows.analysis.clauses.finding import Finding, not_found, unreadable
from services.workflows.analysis.clauses.text import sentences, why_unreadable
from services.workflows.analysis.dossier import ContractFacts, Dossier

CLAUSES = ("termEnd", "notice", "autoRenewal", "priceCap", "terminationForConvenience", "terminationForCause")
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
        ),
        strict=True,
    )
)


def compute(dossier: Dossier, given: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    """Read every contract of the dossier and settle each clause.

    Answers `{contracts, termEnd, notice, autoRenewal, priceCap, terminationForConvenience, terminationForCause,
    obstacles, criticalObstacles, unread, summary}`. Of several contracts the one that took effect last decides a clause
    that it speaks of; a clause that cannot be read says so and why.
    """
    documents = sorted(dossier.contracts, key=lambda one: (one.effective_on or date.min, one.id))
    read = [_read(document, dossier) for document in documents]
    output: dict[str, Any] = {
        "contracts": [
            {"id": one.id, "title": one.title, "effectiveOn": _day(one.effective_on), "endsOn": _day(one.ends_on)}
            for one in documents
        ],
        **{clause: _latest([one[clause] for one in read]) for clause in CLAUSES},
        "obstacles": _obstacles([one["obstacles"] for one in read]),
        "unread": [passage for one in read for passage in one["unread"]],
    }
    output["unread"] += [
        {"contractId": output[clause].get("contractId"), "clause": clause, "why": output[clause]["why"]}
        for clause in CLAUSES
        if output[clause]["status"] in ("unreadable", "contradictory")
    ]
    output["notice"] = _with_days(output["notice"], dossier.today)
    output["criticalObstacles"] = sum(one["severity"] == "critical" for one in output["obstacles"])
    return output | {"summary": _summary(output)}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _read(document: ContractFacts, dossier: Dossier) -> dict[str, Any]:
    if why := why_unreadable(document.text):
        lost = unreadable(why) | {"contractId": document.id}
        return dict.fromkeys(CLAUSES, lost) | {
            "obstacles": [],
            "unread": [{"contractId": document.id, "clause": None, "why": why}],
        }
    found, left_out = sentences(document.text)
    end = term.read(found, document.ends_on, dossier.customer.renewal_date, dossier.today)
    ended = termination.read(found)
    clauses: dict[str, Finding] = {
        "termEnd": end,
        "notice": notice.read(found, date.fromisoformat(end["date"]) if end.get("date") else None),
        "autoRenewal": renewal.read(found),
        "priceCap": price_cap.read(found),
        "terminationForConvenience": ended["convenience"],
        "terminationForCause": ended["cause"],
    }
    return {
        **{clause: finding | {"contractId": document.id} for clause, finding in clauses.items()},
        "obstacles": [one | {"contractId": document.id} for one in obstacles.read(found)],
        "unread": [{"contractId": document.id, "clause": None, "why": why} for why in left_out],
    }


def _latest(findings: list[Finding]) -> Finding:
    """The finding of the last document that speaks of the clause; what it replaces is kept beside it."""
    if not findings:
        return not_found("there is no contract on file")
    speaking = [one for one in findings if one["status"] != "not found"]
    if not speaking:
        return findings[-1]
    replaced = [
        {"contractId": one["contractId"], "sentence": one["sentence"]} for one in speaking[:-1] if one["sentence"]
    ]
    return speaking[-1] | ({"replaces": replaced} if replaced else {})


def _obstacles(found: list[list[Finding]]) -> list[Finding]:
    """Each kind once over all documents, the weightiest first."""
    once = {one["key"]: one for of_document in reversed(found) for one in of_document}
    order = ("critical", "high", "medium")
    return sorted(once.values(), key=lambda one: (order.index(one["severity"]), one["title"]))


def _with_days(finding: Finding, today: date) -> Finding:
    """The notice with how many days are left; the candidates of a contradiction get theirs too."""
    if finding.get("noticeDate"):
        return finding | {"daysLeft": (date.fromisoformat(finding["noticeDate"]) - today).days}
    if finding.get("candidates"):
        return finding | {"candidates": [_with_days(one, today) for one in finding["candidates"]]}
    return finding


def _summary(output: dict[str, Any]) -> str:
    if not output["contracts"]:
        return "No contract is on file, so nothing could be read."
    critical = output["criticalObstacles"]
    parts = [f"{critical} critical obstacle{'' if critical == 1 else 's'}"]
    if output["notice"].get("noticeDate"):
        parts.append(f"notice by {output['notice']['noticeDate']}")
    unclear = [_NAMES[clause] for clause in CLAUSES if output[clause]["status"] in ("unreadable", "contradictory")]
    if unclear:
        parts.append("not clear: " + ", ".join(unclear))
    return "Contract analyzed: " + "; ".join(parts) + "."
