"""The rules by which something is recommended: each looks at the steps' outputs, and cites what it saw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.workflows.analysis import signals
from services.workflows.analysis.contract_analysis import CLAUSES

Outputs = dict[str, Any]
Recommendation = dict[str, Any]

CLOSE_NOTICE_DAYS = 60


def evidence(step: str, field: str, *, quote: str | None = None, value: Any = None) -> dict[str, Any]:
    """Where a claim comes from: a step's field, with the sentence or the value that stands there."""
    return {"step": step, "field": field, **({"quote": quote} if quote is not None else {"value": value})}


def recommend(key: str, priority: int, title: str, why: str, *grounds: dict[str, Any]) -> Recommendation:
    """One recommendation; priority 1 is the most urgent."""
    return {"key": key, "priority": priority, "title": title, "why": why, "evidence": list(grounds)}


def _gaps(earlier: Outputs, *prefixes: str) -> list[dict[str, Any]]:
    return [gap for gap in (earlier.get("stakeholders") or {}).get("gaps", []) if gap["key"].startswith(prefixes)]


def signal_of(earlier: Outputs, kind: str) -> dict[str, Any] | None:
    """The signal of a kind that the assessment has gathered, if there is one."""
    return next((one for one in (earlier.get("assessment") or {}).get("signals", []) if one["kind"] == kind), None)


def _from_signal(one: dict[str, Any]) -> dict[str, Any]:
    if one["note"]:
        return evidence("assessment", f"signals.{one['kind']}", quote=one["note"])
    return evidence("assessment", f"signals.{one['kind']}", value=one["percent"])


def _from_gap(gap: dict[str, Any]) -> dict[str, Any]:
    return evidence("stakeholders", f"gaps.{gap['key']}", quote=gap["why"])


def _executives(earlier: Outputs) -> Recommendation | None:
    """The economic buyer and the sponsor are one approach to the same floor, not two."""
    buyer = _gaps(earlier, "missing_economic_buyer", "unmet_economic_buyer")
    sponsor = _gaps(earlier, "missing_executive_sponsor", "unmet_executive_sponsor")
    if not buyer:
        if not sponsor:
            return None
        return recommend(
            "find_sponsor", 3, "Find an executive sponsor", sponsor[0]["title"] + ".", *map(_from_gap, sponsor)
        )
    title = "Engage the economic buyer" if buyer[0]["contactId"] else "Find and engage the economic buyer"
    return recommend(
        "engage_economic_buyer",
        1,
        title,
        buyer[0]["title"] + ": whoever signs has not heard us.",
        *map(_from_gap, [*buyer, *sponsor]),
    )


def _handover(earlier: Outputs) -> Recommendation | None:
    taken_over = [one for one in (earlier.get("stakeholders") or {}).get("departed", []) if one["successor"]]
    if not taken_over:
        return None
    one = taken_over[0]
    return recommend(
        "hand_over_contact",
        2,
        f"Establish {one['successor']['name']} as {one['name']}'s successor",
        f"{one['name']} left; {one['successor']['name']} took over and does not know our history.",
        evidence("stakeholders", "departed", value=f"{one['name']} → {one['successor']['name']}"),
    )


def _lost_champion(earlier: Outputs) -> Recommendation | None:
    lost = _gaps(earlier, "missing_champion", "departed_contact")
    if not lost:
        return None
    return recommend("replace_champion", 2, "Win a new champion", lost[0]["title"] + ".", *map(_from_gap, lost))


def _technical(earlier: Outputs) -> Recommendation | None:
    gaps = _gaps(earlier, "missing_technical_buyer", "stale_contact")
    if not gaps:
        return None
    return recommend(
        "refresh_contacts",
        3,
        "Close the contact gaps",
        "; ".join(gap["title"] for gap in gaps) + ".",
        *map(_from_gap, gaps),
    )


def _budget(earlier: Outputs) -> Recommendation | None:
    cut = signal_of(earlier, signals.BUDGET_CUT)
    if not cut:
        return None
    amount = f" of {cut['percent']:g} %" if cut["percent"] else ""
    grounds = [_from_signal(cut)]
    if target := (earlier.get("pricing") or {}).get("target"):
        grounds.append(evidence("pricing", "target", value=target))
    return recommend(
        "document_value",
        2,
        "Document the value delivered",
        f"A budget cut{amount} puts every contract under question; a figure answers it.",
        *grounds,
    )


def _competitor(earlier: Outputs) -> Recommendation | None:
    one = signal_of(earlier, signals.COMPETITOR)
    return one and recommend(
        "competitive_intelligence",
        2,
        "Learn what the competitor offers",
        "Another offer is on the table.",
        _from_signal(one),
    )


def _escalation(earlier: Outputs) -> Recommendation | None:
    one = signal_of(earlier, signals.ESCALATION)
    return one and recommend(
        "settle_escalation",
        2,
        "Settle what went wrong",
        "An open complaint comes back at the renewal.",
        _from_signal(one),
    )


def _expansion(earlier: Outputs) -> Recommendation | None:
    one = signal_of(earlier, signals.EXPANSION)
    return one and recommend(
        "explore_expansion", 3, "Prepare an expansion offer", "The customer speaks of more.", _from_signal(one)
    )


def _obstacles(earlier: Outputs) -> Recommendation | None:
    weighty = [
        one for one in (earlier.get("contract_analysis") or {}).get("obstacles", []) if one["severity"] == "critical"
    ]
    if not weighty:
        return None
    what = " and ".join(one["title"].lower() for one in weighty)
    grounds = [evidence("contract_analysis", f"obstacles.{one['key']}", quote=one["sentence"]) for one in weighty]
    return recommend(
        "resolve_obstacles",
        2,
        f"Resolve {len(weighty)} critical contract obstacle{'' if len(weighty) == 1 else 's'} with legal",
        f"The contract has {what}.",
        *grounds,
    )


def _no_contract(earlier: Outputs) -> Recommendation | None:
    contract = earlier.get("contract_analysis")
    if contract is None or contract["contracts"]:
        return None
    return recommend(
        "obtain_contract",
        1,
        "Get the contract on file",
        "Without its text neither the notice date nor the cap is known.",
        evidence("contract_analysis", "contracts", value=0),
    )


def _unclear(earlier: Outputs) -> Recommendation | None:
    contract = earlier.get("contract_analysis") or {}
    lost = [clause for clause in CLAUSES if contract.get(clause, {}).get("status") in ("unreadable", "contradictory")]
    if not lost:
        return None
    grounds = [
        evidence("contract_analysis", clause, quote=contract[clause]["sentence"])
        if contract[clause]["sentence"]
        else evidence("contract_analysis", clause, value=contract[clause]["why"])
        for clause in lost
    ]
    return recommend(
        "clarify_contract",
        2,
        "Have legal read what is not clear in the contract",
        f"{contract[lost[0]]['why']}.".capitalize(),
        *grounds,
    )


def _notice(earlier: Outputs) -> Recommendation | None:
    notice = (earlier.get("contract_analysis") or {}).get("notice") or {}
    left = notice.get("daysLeft")
    if left is None or left > CLOSE_NOTICE_DAYS:
        return None
    when = f"in {left} days, on {notice['noticeDate']}" if left >= 0 else f"and passed on {notice['noticeDate']}"
    return recommend(
        "decide_before_notice",
        1,
        "Decide before the notice date",
        f"The last day for notice is {when}." if left >= 0 else f"The notice date is over {when}.",
        evidence("contract_analysis", "notice", quote=notice["sentence"]),
    )


def _adoption(earlier: Outputs) -> Recommendation | None:
    use = (earlier.get("assessment") or {}).get("facts", {}).get("usage", {})
    if use.get("trend") != "declining":
        return None
    return recommend(
        "raise_adoption",
        2,
        "Turn the decline in use around",
        f"Use fell by {-use['changePercent']:g} % over three months.",
        evidence("assessment", "facts.usage.changePercent", value=use["changePercent"]),
    )


def _views(earlier: Outputs) -> Recommendation | None:
    view = earlier.get("assessment") or {}
    if view.get("agreement", {}).get("agrees") is not False:
        return None
    return recommend(
        "align_views",
        3,
        "Settle where the figures and the CSM differ",
        view["agreement"]["note"],
        evidence("assessment", "agreement", quote=view["agreement"]["note"]),
    )


RULES: tuple[Callable[[Outputs], Recommendation | None], ...] = (
    _executives,
    _no_contract,
    _notice,
    _budget,
    _obstacles,
    _handover,
    _lost_champion,
    _competitor,
    _escalation,
    _adoption,
    _unclear,
    _technical,
    _expansion,
    _views,
)
