"""Sends one e-mail."""

from __future__ import annotations

from services.executor.processors import (
    CannotAsk,
    Key,
    Permanent,
    Processor,
    Result,
    TaskContext,
    Transient,
)
from services.executor.processors.shapes import array, line, mailbox, reference, schema, text
from services.executor.providers.mail import Letter, LookUpNotAnswered, Mailbox, MailNotSent, MailRefused
from shared.ground.json_types import JsonObject

LONGEST_SUBJECT, LONGEST_BODY, MOST_RECIPIENTS = 255, 50_000, 50


def run(task: TaskContext) -> Result:
    """Send the mail, as one effect."""
    metadata = task.metadata
    letter = Letter(
        to=mailboxes(metadata["to"]),
        cc=mailboxes(metadata.get("cc", [])),
        reply_to=mailboxes([metadata["replyTo"]])[0] if metadata.get("replyTo") else None,
        from_name=metadata.get("fromName") or "",
        subject=metadata["subject"],
        body=metadata["body"],
        in_reply_to=metadata.get("inReplyTo"),
    )
    value = send(task, "mail", letter)
    return Result(value, f"“{letter.subject}” was sent to {', '.join(value['to'])}.")


def send(task: TaskContext, effect: str, letter: Letter) -> JsonObject:
    """Send the letter as this effect of the task: `{messageId, mailboxId, to, sentAt}`."""
    task.checkpoint()
    outcome = task.effect(effect, act=lambda key: _send(task, letter, key), look_up=lambda key: _look_up(task, key))
    # An unknown outcome that a person resolved as happened has no fields; the mail then went to its recipients.
    return {
        "messageId": outcome.get("messageId"),
        "mailboxId": outcome.get("mailboxId"),
        "to": outcome.get("to", [recipient.email for recipient in letter.to]),
        "sentAt": outcome.get("sentAt"),
    }


def mailboxes(people: list[dict[str, str]]) -> tuple[Mailbox, ...]:
    """The mailboxes for `[{name?, email}]` in the metadata."""
    return tuple(Mailbox(person.get("name") or "", person["email"]) for person in people)


def _send(task: TaskContext, letter: Letter, key: Key) -> JsonObject:
    try:
        return task.providers.mail.send(task.tenant_id, letter, key=key.value, fence=key.fence)
    except MailRefused as error:
        raise Permanent(str(error)) from error
    except MailNotSent as error:
        raise Transient(str(error)) from error


def _look_up(task: TaskContext, key: Key) -> JsonObject | None:
    try:
        return task.providers.mail.look_up(task.tenant_id, key.value, key.fence)
    except LookUpNotAnswered as error:
        raise CannotAsk(str(error)) from error


PROCESSOR = Processor(
    name="send-email",
    version="1.0.0",
    title="Send an e-mail",
    description="Sends one e-mail as plain text, once.",
    metadata_schema=schema(
        {
            "to": array(mailbox(), MOST_RECIPIENTS, minItems=1),
            "subject": line(LONGEST_SUBJECT),
            "body": text(LONGEST_BODY),
        },
        {
            "cc": array(mailbox(), MOST_RECIPIENTS),
            "replyTo": mailbox(),
            "fromName": line(255),
            "inReplyTo": {**line(255), "description": "The key of an earlier mail's effect, or its Message-ID."},
            "partnershipId": reference(),
        },
    ),
    run=run,
    reaches=lambda metadata: [person["email"] for person in (*metadata["to"], *metadata.get("cc", []))],
    deadline_seconds=120,
)
