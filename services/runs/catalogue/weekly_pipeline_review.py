"""The template Weekly Pipeline Review: the five steps of the founding document, in its order and words."""

from services.runs.catalogue.template import TemplateVersion, step
from shared.contracts.partnership_thresholds import NO_CONTACT_DAYS

WEEKLY_PIPELINE_REVIEW = TemplateVersion(
    id="weekly-pipeline-review",
    number=1,
    name="Weekly Pipeline Review",
    description="Review partnerships, check MOU status, plan follow-ups",
    steps=[
        step(
            "review-at-risk",
            "review",
            "Review at-risk partnerships",
            f"Partnerships with no contact in {NO_CONTACT_DAYS} days or more: review each, and note which ones need immediate attention.",
            show="partnerships",
            filter={"noContactDays": NO_CONTACT_DAYS},
            marks=["fine", "needs attention"],
        ),
        step(
            "check-mou-status",
            "review",
            "Check MOU status",
            "All partnerships in the stage MOU Sent: see which MOUs were viewed or signed, and which need a follow-up.",
            show="partnerships",
            filter={"stage": ["MOU Sent"]},
            marks=["on its way", "needs follow-up"],
        ),
        step(
            "draft-follow-ups",
            "email",
            "Draft follow-up emails",
            "The top 3 priority partnerships that need a follow-up: write each a personal e-mail, and send it.",
            show="partnerships",
            filter={"needs": "follow_up"},
            limit=3,
            expect="each",
        ),
        step(
            "update-stages",
            "update_stage",
            "Update pipeline stages",
            "Partnerships that should move on by their latest activity: change the stage, or say why it stays.",
            show="partnerships",
            filter={"needs": "stage_change"},
        ),
        step(
            "schedule-calls",
            "schedule",
            "Schedule weekly calls",
            "Partnerships that need a call this week: book a slot that suits both sides.",
            show="partnerships",
            filter={"needs": "call_this_week"},
            meeting={"minutes": 30, "title": "Weekly call"},
        ),
    ],
)
