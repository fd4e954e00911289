"""Recommendations about the contract: that it is missing, its notice, its critical obstacles, and its unclear
clauses."""

from __future__ import annotations

from services.workflows.definition import CsmWork, Recommendation, RecommendationKind, StepContext, recommend
from services.workflows.step_kinds import contract_analysis
from shared.ground import wording

CLOSE_NOTICE_DAYS = 60


def _obtain_contract(context: StepContext) -> Recommendation | None:
    contract = context.outputs.of(contract_analysis.KIND)
    if not contract or contract["contracts"]:
        return None
    why = "Without its text neither the notice date nor the cap is known."
    return recommend(1, "Get the contract on file", why, contract.evidence("contracts", value=0))


OBTAIN_CONTRACT = RecommendationKind(
    "obtain_contract",
    _obtain_contract,
    CsmWork("Get the signed contract and put its text on file", 3, "1 hour"),
    customer_part="Sends the signed contract",
    next_condition="Contract on file",
)


def _decide_before_notice(context: StepContext) -> Recommendation | None:
    contract = context.outputs.of(contract_analysis.KIND)
    notice = contract.get("notice") or {}
    left = notice.get("daysLeft")
    if left is None or left > CLOSE_NOTICE_DAYS:
        return None
    coming = f"The last day for notice is in {left} days, on {wording.day(notice['noticeDate'])}."
    over = f"The notice date is over and passed on {wording.day(notice['noticeDate'])}."
    evidence = contract.evidence("notice", quote=notice["sentence"])
    return recommend(1, "Decide before the notice date", coming if left >= 0 else over, evidence)


DECIDE_BEFORE_NOTICE = RecommendationKind(
    "decide_before_notice",
    _decide_before_notice,
    CsmWork("Agree with the customer before the notice date", 2, "2 hours", "moderate"),
    customer_part="Says whether the contract goes on",
)


def _resolve_obstacles(context: StepContext) -> Recommendation | None:
    contract = context.outputs.of(contract_analysis.KIND)
    critical = [obstacle for obstacle in contract.get("obstacles", []) if obstacle["severity"] == "critical"]
    if not critical:
        return None
    titles = " and ".join(obstacle["title"].lower() for obstacle in critical)
    return recommend(
        2,
        f"Resolve {len(critical)} critical contract obstacle{'' if len(critical) == 1 else 's'} with legal",
        f"The contract has {titles}.",
        *[contract.evidence(f"obstacles.{obstacle['key']}", quote=obstacle["sentence"]) for obstacle in critical],
    )


RESOLVE_OBSTACLES = RecommendationKind(
    "resolve_obstacles",
    _resolve_obstacles,
    CsmWork("Review the critical contract obstacles with legal", 8, "2 hours"),
    next_condition="Critical contract obstacles reviewed with legal",
    reaches_customer=False,
)


def _clarify_contract(context: StepContext) -> Recommendation | None:
    contract = context.outputs.of(contract_analysis.KIND)
    findings = {clause: contract.get(clause, {}) for clause in contract_analysis.CLAUSES}
    unclear = {
        clause: finding
        for clause, finding in findings.items()
        if finding.get("status") in ("unreadable", "contradictory")
    }
    if not unclear:
        return None
    grounds = [
        contract.evidence(clause, quote=finding["sentence"])
        if finding["sentence"]
        else contract.evidence(clause, value=finding["why"])
        for clause, finding in unclear.items()
    ]
    title = "Have legal read what is not clear in the contract"
    why = next(iter(unclear.values()))["why"]
    return recommend(2, title, f"{why[:1].upper()}{why[1:]}.", *grounds)


CLARIFY_CONTRACT = RecommendationKind(
    "clarify_contract",
    _clarify_contract,
    CsmWork("Have legal read the unclear clauses", 5, "1 hour"),
    reaches_customer=False,
)
