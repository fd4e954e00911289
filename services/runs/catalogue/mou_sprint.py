"""The template MOU Sprint: move every partnership in the MOU stage toward a signed agreement."""

from services.runs.catalogue.template import TemplateVersion, step

MOU_SPRINT = TemplateVersion(
    id="mou-sprint",
    number=1,
    name="MOU Sprint",
    description="Push all MOU-stage partnerships toward signed agreements",
    steps=[
        step(
            "review-open-mous",
            "review",
            "Review open MOUs",
            "Every partnership with an MOU out: who has opened it, for how long it has been with them, and what holds it up.",
            show="partnerships",
            filter={"stage": ["MOU Sent"]},
            marks=["will sign", "has questions", "stuck"],
        ),
        step(
            "send-reminders",
            "email",
            "Send MOU reminders",
            "A personal reminder to each partner who has not signed yet.",
            show="partnerships",
            filter={"stage": ["MOU Sent"]},
            email={
                "subject": "Our MOU with {partnership}",
                "body": "Hello {contact},\n\nI wanted to come back to the MOU between us and {partnership}. Is there anything in it that "
                "we should talk through, or that keeps it from being signed? I am glad to go over it with you on a short "
                "call.\n\nBest regards\n{sender}",
            },
        ),
        step(
            "book-signing-calls",
            "schedule",
            "Book signing calls",
            "A short call with each partner with an MOU out who has been silent for a week or more.",
            show="partnerships",
            filter={"stage": ["MOU Sent"], "noContactDays": 7},
            expect="any",
            meeting={"minutes": 30, "title": "Our MOU: open questions"},
        ),
        step(
            "move-signed",
            "update_stage",
            "Move signed MOUs on",
            "Partnerships whose MOU was signed, or whose MOU went out: bring the stage in line.",
            show="partnerships",
            filter={"needs": "stage_change", "stage": ["Conversation Active", "MOU Sent", "MOU Signed"]},
        ),
        step(
            "set-reminders",
            "create_task",
            "Set reminders for what is still open",
            "A task for each MOU that somebody must come back to.",
            show="partnerships",
            filter={"stage": ["MOU Sent"]},
            expect="any",
            task={"title": "Come back to the MOU", "dueInDays": 7, "priority": 2},
        ),
        step(
            "log-outcomes",
            "note",
            "Log outcomes",
            "What the partners answered on their MOUs, and what was agreed.",
            show="partnerships",
            filter={"stage": ["MOU Sent", "MOU Signed"]},
            expect="any",
        ),
    ],
)
