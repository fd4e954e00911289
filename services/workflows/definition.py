"""The types that define workflows: stages, kinds of steps and of recommendations, rules of plans, and the data that
these read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias

from marshmallow import Schema, ValidationError

from services.workflows.facts.customer import ContactFacts, CustomerContext
from shared.ground import business_days, ids
from shared.ground.errors import Invalid
from shared.ground.json_types import JsonObject

Item = JsonObject
Recommendation = JsonObject
Words: TypeAlias = "str | Callable[[PlanningContext], str]"
"""A text of a plan, or a function that makes it from the context."""


def evidence(step: str, field: str, *, quote: str | None = None, value: Any = None) -> JsonObject:
    """The evidence of a claim: the field of a step or of the customer, with its sentence or value."""
    return {"step": step, "field": field, **({"quote": quote} if quote is not None else {"value": value})}


@dataclass(frozen=True, eq=False)
class StepKind:
    """A kind of step; each is a module of `step_kinds`.

    `compute` returns the output of a step: JSON with a `summary` line. `input` is the schema of what a person enters,
    None if nothing is entered; `input_refusal` is the message of the Invalid for wrong input, and `example` a valid
    input. A kind with `holds_plan` has the action plan drafted before it computes. One with a `skip_refusal` cannot be
    skipped.
    """

    key: str
    compute: Callable[[StepContext], JsonObject]
    input: type[Schema] | None = None
    input_refusal: str = "This step takes no input."
    example: Mapping[str, Any] = field(default_factory=dict)
    holds_plan: bool = False
    skip_refusal: str | None = None

    def read_input(self, entered: Mapping[str, Any]) -> Any:
        """The entered values in the kind's own type; empty for a kind without input. Invalid names each wrong field."""
        try:
            return (self.input or Schema)().load(entered)
        except ValidationError as error:
            errors = {f"input.{name}": reasons for name, reasons in error.normalized_messages().items()}
            raise Invalid(self.input_refusal, errors=errors) from None


@dataclass(frozen=True)
class StepOutput:
    """The output of one completed step; empty, and false, if there is no such step."""

    kind: StepKind
    step_id: str | None = None
    execution_id: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str, default: Any = None) -> Any:
        """A part of the output, or the default if it has none."""
        return self.values.get(name, default)

    def evidence(self, field: str, *, quote: str | None = None, value: Any = None) -> JsonObject:
        """The evidence from a field of this step."""
        return evidence(self.kind.key, field, quote=quote, value=value)


class StepOutputs:
    """The outputs of a workflow's completed steps, in order, and those of earlier workflows with the same customer."""

    def __init__(self, outputs: Sequence[StepOutput] = (), earlier: Sequence[StepOutput] = ()) -> None:
        self._outputs, self._earlier = outputs, earlier

    def all_of(self, kind: StepKind) -> list[StepOutput]:
        """The outputs of every completed step of a kind, in the order of the steps."""
        return [output for output in self._outputs if output.kind is kind]

    def of(self, kind: StepKind) -> StepOutput:
        """The output of the last completed step of a kind."""
        return next(reversed(self.all_of(kind)), StepOutput(kind))

    def earlier(self, kind: StepKind) -> StepOutput:
        """The latest output of a kind in an earlier workflow; only of the kinds that the stage names in `reads_earlier`."""
        return next((output for output in self._earlier if output.kind is kind), StepOutput(kind))


@dataclass(frozen=True)
class StepContext:
    """The data from which a step computes. `input` is the result of the kind's `read_input`; `plan` is the
    action plan without rejected items, for a kind with `holds_plan`."""

    facts: CustomerContext
    stage: Stage
    outputs: StepOutputs = StepOutputs()
    input: Any = None
    plan: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class CsmWork:
    """The work of a CSM for a recommendation: without a `title` it has that of the recommendation; `due` is in business
    days; complex work has `parts`: (title, estimate, due)."""

    title: Words | None
    due: int
    estimate: str
    complexity: str = "simple"
    parts: tuple[tuple[Words, str, int], ...] = ()


@dataclass(frozen=True, eq=False)
class RecommendationKind:
    """A kind of recommendation, and the work that it adds to a plan; each is an object of `planning.recommendations`.

    `find` returns `recommend(...)` if there is cause for it. A `fallback` is tried only if nothing else is recommended.
    One that `reaches_customer` is not recommended under a hold. `customer_part` is what the customer does next, `follow_up` what the CSM is reminded of and the action that it
    follows, `next_condition` what should be true before the next workflow starts.
    """

    key: str
    find: Callable[[StepContext], Recommendation | None]
    work: CsmWork
    customer_part: Words | None = None
    follow_up: tuple[Words, str] | None = None
    next_condition: Words | None = None
    reaches_customer: bool = True
    fallback: bool = False

    def is_allowed(self, facts: CustomerContext) -> bool:
        """Whether it may be recommended now: under a hold nothing that reaches the customer."""
        return facts.hold is None or not self.reaches_customer


def recommend(
    priority: int, title: str, why: str, *grounds: JsonObject, closes_on: date | None = None
) -> Recommendation:
    """A recommendation with its evidence; priority 1 is the most urgent. `closes_on` is the day on which it is too late."""
    closes = {"closesOn": closes_on.isoformat()} if closes_on else {}
    return {"priority": priority, "title": title, "why": why, "evidence": list(grounds), **closes}


@dataclass(frozen=True)
class AiTaskRule:
    """A kind of AI task of a plan.

    `propose` returns an item, the reason why it could not make one although there is a cause, or None. `preview` says
    what an item with this metadata would change, as `[{field, old, new}]`; `decides` is the key decision that its
    metadata stands for, as it is planned and as a fact.
    """

    key: str
    processor: str
    preview: Callable[[Mapping[str, Any], Sequence[ContactFacts]], list[JsonObject]]
    propose: Callable[[PlanningContext], Item | str | None] = lambda context: None
    decides: Callable[[Mapping[str, Any]], tuple[str, str]] | None = None


@dataclass(frozen=True)
class PlanRules:
    """What the action plan of a stage proposes.

    `ai_tasks` stand in the order of the plan. `csm_priorities` are the recommendations that come first among equally
    urgent ones. `next_conditions` are what should be done before the next workflow starts.
    """

    ai_tasks: tuple[AiTaskRule, ...] = ()
    csm_priorities: tuple[RecommendationKind, ...] = ()
    next_conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class StepDefinition:
    """One step of a stage; `guidance` is the page's advice to the CSM."""

    kind: StepKind
    title: str
    guidance: str


@dataclass(frozen=True, eq=False)
class Stage:
    """A range of days to renewal and its workflow; each stage is a module of `stages`.

    `min_days` and `max_days` are inclusive; None means no limit. A trigger starts the stage when `opens_at_days` days
    are left. A stage without steps is not available yet. `price_effect` is in percent of the ARR. `reads_earlier` names
    the kinds of step whose latest output in an earlier workflow with the customer is read.
    """

    key: str
    name: str
    purpose: str
    _: KW_ONLY
    min_days: int | None
    max_days: int | None
    opens_at_days: int | None
    steps: tuple[StepDefinition, ...] = ()
    recommendations: tuple[RecommendationKind, ...] = ()
    plan: PlanRules = PlanRules()
    price_effect: float = 0.0
    reads_earlier: tuple[StepKind, ...] = ()

    @property
    def renewal(self) -> str:
        """The name of its workflow."""
        return f"{self.name} Renewal"

    @property
    def available(self) -> bool:
        """Whether its workflow can be started."""
        return bool(self.steps)

    def covers(self, days: int) -> bool:
        """Whether a customer with this many days to renewal is in this stage."""
        return (self.min_days is None or days >= self.min_days) and (self.max_days is None or days <= self.max_days)

    def starts_on(self, renewal_date: date, today: date, country: str) -> date:
        """The day on which a trigger starts it: a business day, never in the past. ValueError if no trigger starts
        it."""
        if self.opens_at_days is None:
            raise ValueError(f"no trigger starts the stage {self.key}")
        return business_days.after(max(renewal_date - timedelta(days=self.opens_at_days), today), 0, country)


@dataclass(frozen=True)
class PlanningContext:
    """The data from which a plan is drafted. `steps` are `{title, status, summary}` in order; `country` is the
    tenant's, for its public holidays."""

    execution_id: str
    stage: Stage
    next_stage: Stage | None
    facts: CustomerContext
    outputs: StepOutputs
    steps: Sequence[JsonObject]
    country: str
    owner: str | None

    def say(self, words: Words) -> str:
        """The text of these words in this plan."""
        return words if isinstance(words, str) else words(self)

    def in_business_days(self, count: int) -> date:
        """The date `count` business days from today."""
        return business_days.after(self.facts.today, count, self.country)

    def business_days_before(self, day: date, count: int) -> date:
        """The date `count` business days before a day, or today if that is past."""
        return max(self.facts.today, business_days.before(day, count, self.country))

    def item(
        self,
        key: str,
        title: str,
        description: str,
        *,
        priority: int,
        estimate: str,
        complexity: str,
        evidence: list[JsonObject],
        **more: Any,
    ) -> Item:
        """One item of the plan; its id is the same in every draft for the same execution."""
        return {
            "id": ids.named("plan-item", self.execution_id, key),
            "key": key,
            "title": title,
            "description": description,
            "priority": priority,
            "estimatedCompletionTime": estimate,
            "complexity": complexity,
            "evidence": evidence,
            "decision": "proposed",
            "reason": None,
            **more,
        }
