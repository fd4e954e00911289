"""The step that proposes a price for the renewal: a base rise, reasons for and against it, and the contract's cap."""

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from services.workflows.definition import Stage, StepContext, StepKind, StepOutput
from services.workflows.facts import signals, usage
from services.workflows.facts.customer import CustomerContext
from services.workflows.step_kinds import assessment, contract_analysis
from shared.ground import wording
from shared.ground.json_types import JsonObject

BASE_PERCENT = 5.0
LEAST_PERCENT, MOST_PERCENT = -15.0, 15.0
SPREAD_BELOW, SPREAD_ABOVE = 3.0, 2.0
ROUNDINGS = ((Decimal(100_000), Decimal(1_000)), (Decimal(20_000), Decimal(500)), (Decimal(2_000), Decimal(100)))

Reason = JsonObject


def compute(context: StepContext) -> JsonObject:
    """`{status, currentArr, currency, target, increase, increasePercent, low, high, reasons, cap, summary}`.

    Each reason has an effect in percent of the ARR; their sum, kept between LEAST_PERCENT and MOST_PERCENT and within
    the cap, gives the target, which is rounded. A customer without ARR has no target; `why` says why.
    """
    facts, customer, view = context.facts, context.facts.customer, context.outputs.of(assessment.KIND)
    if customer.arr <= 0:
        return {
            "status": "not computed",
            "why": "the customer has no recurring revenue on record",
            "currentArr": str(customer.arr),
            "currency": customer.currency,
            "reasons": [],
            "summary": "Pricing strategy: no ARR on record, so no target.",
        }
    reasons = [
        _reason("base", BASE_PERCENT, "The usual rise at a renewal.", "pricing.base"),
        *_usage_reasons(facts),
        *_health_reasons(facts),
        *_people_reasons(view),
        *_signal_reasons(facts, view),
        *_stage_reasons(context.stage),
    ]
    wanted = max(LEAST_PERCENT, min(MOST_PERCENT, sum(reason["percent"] for reason in reasons)))
    cap = _cap(context.outputs.of(contract_analysis.KIND))
    limited = wanted if cap["limitPercent"] is None else min(wanted, cap["limitPercent"])
    if limited < wanted:
        reasons.append(_reason("cap", limited - wanted, cap["text"], "contract_analysis.priceCap", cap["sentence"]))
    target = _rounded(customer.arr, limited, cap["limitPercent"])
    rise = target - customer.arr
    percent = round(float(100 * rise / customer.arr), 1)
    return {
        "status": "computed",
        "currentArr": str(customer.arr),
        "currency": customer.currency,
        "target": f"{target:.2f}",
        "increase": f"{rise:.2f}",
        "increasePercent": percent,
        "low": f"{_rounded(customer.arr, min(limited - SPREAD_BELOW, limited), cap['limitPercent']):.2f}",
        "high": f"{_rounded(customer.arr, limited + SPREAD_ABOVE, cap['limitPercent']):.2f}",
        "reasons": [
            reason | {"amount": f"{customer.arr * Decimal(str(reason['percent'])) / 100:.2f}"} for reason in reasons
        ],
        "cap": cap,
        "summary": f"Pricing strategy: {wording.money(target, customer.currency)} target ({percent:+.1f} %)",
    }


def _reason(key: str, percent: float, text: str, field: str, quote: str | None = None) -> Reason:
    return {"key": key, "percent": round(percent, 2), "text": text, "field": field, "quote": quote}


def _between(value: float, least: float, most: float) -> float:
    return max(least, min(most, value))


def _usage_reasons(facts: CustomerContext) -> list[Reason]:
    use, reasons = usage.read(facts.customer.usage), []
    if use["trend"] in ("growing", "declining"):
        change = use["changePercent"]
        reasons.append(
            _reason(
                "usage",
                _between(0.2 * change, -4, 3),
                f"Use is {use['trend']} ({change:+.1f} % over three months).",
                "customer.usage",
            )
        )
    if (seats := use["seatUsePercent"]) is not None and (seats >= 90 or seats < 60):
        full = seats >= 90
        text = f"{seats:.0f} % of the seats are in use" + (
            ", so there is no slack to give back." if full else ", so part of it is paid for in vain."
        )
        reasons.append(_reason("seats", 1.0 if full else -1.5, text, "customer.usage"))
    return reasons


def _health_reasons(facts: CustomerContext) -> list[Reason]:
    health = facts.customer.health_score
    if health is None:
        return []
    return [
        _reason("health", _between((health - 70) / 10, -3, 2), f"The health score is {health}.", "customer.healthScore")
    ]


def _people_reasons(view: StepOutput) -> list[Reason]:
    if not view:
        return []
    relationship, confidence = view["relationshipScore"], view["confidenceScore"]
    effect = _between(0.4 * ((relationship + confidence) / 2 - 6), -2, 1.5)
    return [
        _reason(
            "relationship",
            effect,
            f"The CSM gives the relationship {relationship} and the renewal {confidence} of 10.",
            "assessment.confidenceScore",
        )
    ]


def _signal_reasons(facts: CustomerContext, view: StepOutput) -> list[Reason]:
    """The reasons from the signals of the assessment, which include those in its notes; without an assessment, from
    those of the customer's record."""
    gathered = view["signals"] if view else signals.gather(facts.customer.signals, None)
    effects = {signals.COMPETITOR: -1.5, signals.EXPANSION: 1.0, signals.ESCALATION: -1.0}
    texts = {
        signals.BUDGET_CUT: "The customer's budget is being cut",
        signals.COMPETITOR: "A competitor is in the talk",
        signals.EXPANSION: "The customer wants more of it",
        signals.ESCALATION: "Trouble is not forgotten",
    }
    reasons = []
    for signal in gathered:
        kind, percent = signal["kind"], signal["percent"]
        is_cut = kind == signals.BUDGET_CUT
        effect = -_between(0.1 * (percent or 10), 0.5, 3) if is_cut else effects.get(kind)
        if effect is not None:
            amount = f" by {percent:g} %" if is_cut and percent else ""
            reasons.append(_reason(kind, effect, f"{texts[kind]}{amount}.", signal["source"], signal["note"] or None))
    return reasons


def _stage_reasons(stage: Stage) -> list[Reason]:
    if not stage.price_effect:
        return []
    return [_reason("stage", stage.price_effect, "So near the renewal there is less to win.", "execution.stage")]


def _cap(contract: StepOutput) -> JsonObject:
    """The contract's cap on a rise, and how certain it is."""
    finding = contract.get("priceCap")
    if not finding or finding["status"] == "not found":
        return {"limitPercent": None, "limitIs": None, "text": "The contract names no cap.", "sentence": None}
    if finding["status"] == "contradictory":
        # Until a lawyer decides which sentence applies, the lowest limit is safe.
        limits = [each["limitPercent"] for each in finding["candidates"] if each.get("limitPercent") is not None]
        kept = "the lowest is kept to" if limits else "none of them names a limit that is known here"
        return {
            "limitPercent": min(limits, default=None),
            "limitIs": "at least" if limits else None,
            "text": f"The contract's sentences contradict one another; {kept}.",
            "sentence": finding["sentence"],
        }
    if finding["status"] == "unreadable":
        return {
            "limitPercent": None,
            "limitIs": None,
            "text": f"The cap could not be read: {finding['why']}.",
            "sentence": finding["sentence"],
        }
    limit, certainty = finding["limitPercent"], finding["limitIs"]
    if limit is None:
        text = (
            "The contract leaves the price free."
            if finding["basis"] == "none"
            else "The cap follows an index that is not known here."
        )
        return {"limitPercent": None, "limitIs": None, "text": text, "sentence": finding["sentence"]}
    doubt = {"at most": "; an index may make it lower", "at least": "; an index may allow more"}.get(certainty, "")
    return {
        "limitPercent": limit,
        "limitIs": certainty,
        "text": f"The contract caps the rise at {limit:g} %{doubt}.",
        "sentence": finding["sentence"],
    }


def _rounded(arr: Decimal, percent: float, limit: float | None) -> Decimal:
    """The price after this rise, rounded as people would, but not above the cap."""
    exact = arr * (1 + Decimal(str(round(percent, 4))) / 100)
    step = next((step for least, step in ROUNDINGS if exact >= least), Decimal(1))
    nearest = (exact / step).quantize(Decimal(1), ROUND_HALF_UP) * step
    if nearest < arr <= exact:
        # A price that stays the same or rises must not fall below the present one by rounding.
        nearest = exact.quantize(Decimal("0.01"), ROUND_FLOOR)
    if limit is None:
        return nearest
    highest = (arr * (1 + Decimal(str(limit)) / 100)).quantize(Decimal("0.01"), ROUND_FLOOR)
    if nearest <= highest:
        return nearest
    below = (highest / step).quantize(Decimal(1), ROUND_FLOOR) * step
    return below if below > arr else highest


KIND = StepKind("pricing", compute)
