"""The template Seasonal Planning Check: review the progress of the objectives, and what it means for the
partnerships."""

from services.runs.catalogue.template import TemplateVersion, step

SEASONAL_PLANNING_CHECK = TemplateVersion(
    id="seasonal-planning-check",
    number=1,
    name="Seasonal Planning Check",
    description="Review OKR progress and adjust priorities",
    steps=[
        step(
            "review-okr-progress",
            "review",
            "Review OKR progress",
            "Every open objective with its key results beside the share of the season that is over.",
            show="objectives",
            filter={"status": "open"},
            marks=["on track", "needs a decision"],
        ),
        step(
            "adjust-objectives",
            "custom",
            "Adjust objectives",
            "The objectives that lag: bring their key results up to date, with a note on what changed.",
            does="update_objective",
            show="objectives",
            filter={"status": "open", "behind": True},
            expect="any",
        ),
        step(
            "adjust-priorities",
            "review",
            "Adjust priorities",
            "The partnerships of the two highest priorities: which of them should stay there for the season to come.",
            show="partnerships",
            filter={"priorityUpTo": 2},
            marks=["keep", "raise", "lower"],
        ),
        step(
            "plan-next-steps",
            "create_task",
            "Plan next steps",
            "Tasks for what the season needs of these partnerships.",
            show="partnerships",
            filter={"priorityUpTo": 2},
            expect="any",
            task={"title": "Plan the season together", "dueInDays": 14, "priority": 3},
        ),
        step(
            "book-planning-calls",
            "schedule",
            "Book planning calls",
            "An hour with the partners of the highest priority.",
            show="partnerships",
            filter={"priorityUpTo": 1},
            expect="any",
            meeting={"minutes": 60, "title": "Planning the season"},
        ),
        step(
            "log-decisions",
            "note",
            "Log decisions",
            "What was decided, and why.",
            expect="any",
        ),
    ],
)
