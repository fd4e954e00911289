"""The template New Lead Intake: make partnerships of new introductions, each with a first mail and a next step."""

from services.runs.catalogue.template import TemplateVersion, step
from shared.contracts.partnership_thresholds import NEW_LEAD_DAYS

NEW_LEAD_INTAKE = TemplateVersion(
    id="new-lead-intake",
    number=1,
    name="New Lead Intake",
    description="Process new introductions and create partnership records",
    steps=[
        step(
            "create-records",
            "custom",
            "Create partnership records",
            "A record for each new organisation that somebody was introduced to.",
            does="create_partnership",
            fields=["name", "contactName", "contactEmail", "source", "priority", "description"],
            expect="any",
        ),
        step(
            "review-new-leads",
            "review",
            "Review new leads",
            "The leads of the last two weeks: which of them fit, and how urgent they are.",
            show="partnerships",
            filter={"stage": ["New Lead"], "newWithinDays": NEW_LEAD_DAYS},
            marks=["good fit", "maybe", "no fit"],
        ),
        step(
            "send-introductions",
            "email",
            "Send first e-mails",
            "A personal first e-mail to each new lead.",
            show="partnerships",
            filter={"stage": ["New Lead"], "newWithinDays": NEW_LEAD_DAYS},
            email={
                "subject": "{partnership} and us",
                "body": "Hello {contact},\n\nthank you for your interest in working with us. I would like to learn what {partnership} "
                "has in mind, and to tell you how we work with our partners. Would a short call next week suit you?\n\n"
                "Best regards\n{sender}",
            },
        ),
        step(
            "set-follow-ups",
            "create_task",
            "Set follow-up tasks",
            "A task for each new lead, so that none of them waits for an answer.",
            show="partnerships",
            filter={"stage": ["New Lead"], "newWithinDays": NEW_LEAD_DAYS},
            expect="each",
            task={"title": "Follow up with the new lead", "dueInDays": 3, "priority": 2},
        ),
        step(
            "move-answered",
            "update_stage",
            "Move leads that answered",
            "Leads that we have heard of since: the conversation is active.",
            show="partnerships",
            filter={"needs": "stage_change", "stage": ["New Lead"]},
        ),
    ],
)
