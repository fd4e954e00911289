"""The rows that a step would show now by its config, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.runs import models
from services.runs.days import Today
from services.runs.models import Objective, Partnership
from services.runs.step_rows import row_queries, row_reasons, row_snapshot
from services.runs.step_rows.step_context import StepContext
from shared.ground.json_types import JsonObject


@dataclass(frozen=True)
class Candidate:
    """A subject that a step shows: a partnership or an objective, its present facts, and the reason."""

    subject_kind: str
    subject_id: str
    why: str
    shown: JsonObject
    draft: JsonObject | None = None
    gone: bool = False

    @property
    def subject(self) -> tuple[str, str]:
        """The (kind, id) of the partnership or objective."""
        return self.subject_kind, self.subject_id


@dataclass(frozen=True)
class Candidates:
    """The rows that a step shows now; `truncated` if more match than its limit."""

    items: list[Candidate] = field(default_factory=list)
    truncated: bool = False


def candidates_of(context: StepContext) -> Candidates:
    """The rows that the step would show now. Reads only."""
    show, limit = context.config.show, context.config.limit
    if show == "nothing":
        return Candidates()
    if show == "objectives":
        objectives, more = _first(row_queries.objectives(context), limit)
        return Candidates([about_objective(objective, context.today) for objective in objectives], more)
    reasons = row_queries.marked(context)
    marked = models.partnerships.many(context.run.tenant_id, reasons)
    first = [marked[key] for key in reasons if key in marked]
    matching = row_queries.partnerships(context, whose=row_queries.whose(context))
    others = (row for row in matching if row.id not in marked)
    partnerships, more = _first(others, max(0, limit - len(first)))
    shown = about_partnerships(context, [*first, *partnerships], reasons)
    return Candidates(shown + _gone(context), more)


def _first(rows: Iterator[Any], limit: int) -> tuple[list[Any], bool]:
    """The first `limit` rows, and whether there are more."""
    taken: list[Any] = []
    for row in rows:
        if len(taken) == limit:
            return taken, True
        taken.append(row)
    return taken, False


def about_partnerships(
    context: StepContext, partnerships: list[Partnership], reasons: Mapping[str, str] | None = None
) -> list[Candidate]:
    """These partnerships as the step shows them; `reasons` are why some come before the others."""
    tenant_id, config, today = context.run.tenant_id, context.config, context.today
    talks = row_queries.last_talks(tenant_id, partnerships)
    last = models.step_queries.latest(tenant_id, [partnership.id for partnership in partnerships])
    drafts = config.action_type.drafts(context, partnerships)
    return [
        Candidate(
            "partnership",
            partnership.id,
            (reasons or {}).get(partnership.id)
            or row_reasons.why(partnership, config, talks.get(partnership.id), today),
            row_snapshot.of_partnership(partnership, last.get(partnership.id), today),
            drafts.get(partnership.id),
        )
        for partnership in partnerships
    ]


def about_objective(objective: Objective, today: Today) -> Candidate:
    """An objective as a step shows it."""
    shown = row_snapshot.of_objective(objective, today)
    said = f"{round(shown['progress'] * 100)} % reached, {round(shown['expected'] * 100)} % of its period is over"
    return Candidate("objective", objective.id, ("Behind: " if shown["behind"] else "") + said + ".", shown)


def _gone(context: StepContext) -> list[Candidate]:
    """The removed partnerships that the step's config names."""
    named = context.config.partnership_ids or ()
    there = models.partnerships.many(context.run.tenant_id, named)
    why = "It was chosen for this step and is there no more."
    return [
        Candidate("partnership", partnership_id, why, {"name": partnership_id}, gone=True)
        for partnership_id in named
        if partnership_id not in there
    ]
