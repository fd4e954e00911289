"""Guided runs in full: steps and their rows, templates, recurrences, comments, partnerships with their activity, objectives, requests."""

from peewee import (
    BigIntegerField,
    BooleanField,
    CompositeKey,
    DateField,
    DateTimeField,
    IntegerField,
    JSONField,
    Model,
    TextField,
)


def up(migrator, db):
    class Table(Model):
        class Meta:
            database = db

    class RunTemplate(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        name = TextField()
        description = TextField()
        latest = IntegerField()
        created_at = DateTimeField()
        updated_at = DateTimeField()
        deleted_at = DateTimeField(null=True)
        version = IntegerField()

        class Meta:
            table_name = "run_template"
            indexes = ((("tenant_id", "created_at", "id"), False),)

    class RunTemplateVersion(Table):
        template_id = TextField()
        number = IntegerField()
        tenant_id = TextField()
        name = TextField()
        description = TextField()
        steps = JSONField()
        by = JSONField()
        created_at = DateTimeField()

        class Meta:
            table_name = "run_template_version"
            primary_key = CompositeKey("template_id", "number")

    class RunPartnership(Table):
        run_id = TextField()
        partnership_id = TextField()
        tenant_id = TextField()
        created_at = DateTimeField()

        class Meta:
            table_name = "run_partnership"
            primary_key = CompositeKey("run_id", "partnership_id")
            indexes = ((("tenant_id", "partnership_id", "created_at", "run_id"), False),)

    class GuidedStep(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        run_id = TextField()
        order_index = IntegerField()
        key = TextField()
        title = TextField()
        description = TextField()
        action_type = TextField()
        config = JSONField()
        status = TextField()
        owner = TextField(null=True)
        draft = JSONField(null=True)
        result = JSONField(null=True)
        summary = TextField(null=True)
        reason = TextField(null=True)
        done_by = JSONField(null=True)
        started_at = DateTimeField(null=True)
        completed_at = DateTimeField(null=True)
        version = IntegerField()

        class Meta:
            table_name = "guided_step"
            indexes = ((("run_id", "order_index"), False),)

    class StepRow(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        run_id = TextField()
        step_id = TextField()
        subject_kind = TextField()
        subject_id = TextField()
        position = IntegerField()
        why = TextField()
        shown = JSONField()
        state = TextField()
        mark = TextField(null=True)
        note = TextField(null=True)
        draft = JSONField(null=True)
        outcome = JSONField(null=True)
        by = JSONField(null=True)
        shown_at = DateTimeField()
        changed_at = DateTimeField(null=True)
        version = IntegerField()

        class Meta:
            table_name = "step_row"
            indexes = ((("step_id", "subject_kind", "subject_id"), True), (("step_id", "position"), False))

    class Comment(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        run_id = TextField()
        step_id = TextField(null=True)
        body = TextField()
        mentions = JSONField()
        by = JSONField()
        at = DateTimeField()
        deleted_at = DateTimeField(null=True)
        version = IntegerField()

        class Meta:
            table_name = "run_comment"
            indexes = ((("run_id", "at", "id"), False),)

    class Recurrence(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        template_id = TextField()
        name = TextField(null=True)
        owner = TextField(null=True)
        every = TextField()
        cron = TextField()
        linked_partnership_ids = JSONField()
        active = BooleanField()
        next_due_at = DateTimeField()
        last_due_at = DateTimeField(null=True)
        last_run_id = TextField(null=True)
        by = JSONField()
        created_at = DateTimeField()
        version = IntegerField()

        class Meta:
            table_name = "recurrence"
            indexes = ((("tenant_id", "created_at", "id"), False), (("active", "next_due_at"), False))

    class Partnership(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        external_id = TextField(null=True)
        name = TextField()
        name_key = TextField()
        search_key = TextField()
        stage = TextField()
        owner = TextField(null=True)
        priority = IntegerField()
        description = TextField()
        source = TextField(null=True)
        website = TextField(null=True)
        time_zone = TextField(null=True)
        contacts = JSONField()
        mou_sent_on = DateField(null=True)
        mou_viewed_on = DateField(null=True)
        mou_signed_on = DateField(null=True)
        next_call_on = DateField(null=True)
        last_contact_at = DateTimeField()
        last_heard_at = DateTimeField()
        last_activity_kind = TextField(null=True)
        last_activity_at = DateTimeField()
        stage_changed_at = DateTimeField()
        created_at = DateTimeField()
        updated_at = DateTimeField()
        deleted_at = DateTimeField(null=True)
        version = IntegerField()

        class Meta:
            table_name = "partnership"
            indexes = (
                (("tenant_id", "external_id"), True),
                (("tenant_id", "name_key", "id"), False),
                (("tenant_id", "last_contact_at", "id"), False),
                (("tenant_id", "priority", "last_contact_at", "id"), False),
                (("tenant_id", "stage", "name_key", "id"), False),
                (("tenant_id", "stage", "last_contact_at", "id"), False),
                (("tenant_id", "owner", "name_key", "id"), False),
                (("tenant_id", "owner", "last_contact_at", "id"), False),
                (("tenant_id", "next_call_on", "id"), False),
            )

    class Activity(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        partnership_id = TextField()
        kind = TextField()
        at = DateTimeField()
        summary = TextField()
        body = TextField()
        by = JSONField()
        run_id = TextField(null=True)
        step_id = TextField(null=True)
        details = JSONField(null=True)
        origin = TextField(null=True, unique=True)
        created_at = DateTimeField()

        class Meta:
            table_name = "activity"
            indexes = ((("tenant_id", "partnership_id", "at", "id"), False), (("run_id", "at", "id"), False))

    class Objective(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        title = TextField()
        description = TextField()
        owner = TextField(null=True)
        period = TextField()
        starts_on = DateField()
        ends_on = DateField()
        status = TextField()
        key_results = JSONField()
        created_at = DateTimeField()
        updated_at = DateTimeField()
        version = IntegerField()

        class Meta:
            table_name = "objective"
            indexes = ((("tenant_id", "ends_on", "id"), False), (("tenant_id", "status", "ends_on", "id"), False))

    class AiTaskRequest(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        title = TextField()
        processor = TextField()
        metadata = JSONField()
        priority = IntegerField()
        subject = TextField(null=True)
        source_kind = TextField()
        source_id = TextField()
        retry_of = TextField(null=True)
        by = JSONField()
        created_at = DateTimeField()

        class Meta:
            table_name = "ai_task_request"

    class NotificationRequest(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        recipient_id = TextField(null=True)
        kind = TextField()
        title = TextField()
        body = TextField()
        link = TextField(null=True)
        by = JSONField()
        created_at = DateTimeField()

        class Meta:
            table_name = "notification_request"

    class Meeting(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        partnership_id = TextField()
        run_id = TextField(null=True)
        step_id = TextField(null=True)
        row_id = TextField(null=True)
        owner = TextField(null=True)
        uid = TextField(unique=True)
        sequence = IntegerField()
        title = TextField()
        description = TextField()
        starts_at = DateTimeField()
        ends_at = DateTimeField()
        time_zone = TextField()
        attendees = JSONField()
        status = TextField()
        created_at = DateTimeField()
        version = IntegerField()

        class Meta:
            table_name = "meeting"
            indexes = (
                (("tenant_id", "owner", "starts_at"), False),
                (("tenant_id", "partnership_id", "starts_at"), False),
                (("step_id",), False),
            )

    class Delivery(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        kind = TextField()
        partnership_id = TextField(null=True)
        run_id = TextField(null=True)
        step_id = TextField(null=True)
        row_id = TextField(null=True)
        meeting_id = TextField(null=True)
        recipients = JSONField()
        subject = TextField()
        body = TextField()
        status = TextField()
        error = TextField(null=True)
        task_id = TextField()
        task_number = IntegerField()
        task_version = BigIntegerField()
        by = JSONField()
        created_at = DateTimeField()
        settled_at = DateTimeField(null=True)
        version = IntegerField()

        class Meta:
            table_name = "delivery"
            indexes = (
                (("step_id", "created_at"), False),
                (("task_id",), False),
                (("tenant_id", "partnership_id", "created_at"), False),
            )

    class AskedTask(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        partnership_id = TextField(null=True)
        partnership_name = TextField(null=True)
        run_id = TextField(null=True)
        step_id = TextField(null=True)
        title = TextField()
        description = TextField()
        priority = IntegerField()
        due_date = DateField(null=True)
        owner = TextField(null=True)
        status = TextField()
        task_version = BigIntegerField()
        by = JSONField()
        created_at = DateTimeField()

        class Meta:
            table_name = "asked_task"
            indexes = ((("step_id", "created_at"), False), (("tenant_id", "partnership_id", "created_at"), False))

    db.create_tables(
        [
            RunTemplate,
            RunTemplateVersion,
            RunPartnership,
            GuidedStep,
            StepRow,
            Comment,
            Recurrence,
            Partnership,
            Activity,
            Objective,
            AiTaskRequest,
            NotificationRequest,
            Meeting,
            Delivery,
            AskedTask,
        ]
    )
    migrator.migrate(
        migrator.add_column("guided_run", "template_version", IntegerField(null=True)),
        migrator.add_column("guided_run", "recurrence_id", TextField(null=True)),
        migrator.add_column("guided_run", "steps_done", IntegerField(default=0)),
        migrator.add_column("guided_run", "steps_total", IntegerField(default=0)),
        migrator.add_column("guided_run", "by", JSONField(null=True)),
        migrator.add_column("tenant", "working_hours", JSONField(null=True)),
        migrator.add_index("guided_run", ("tenant_id", "owner", "created_at", "id")),
        migrator.add_index("guided_run", ("tenant_id", "template_id", "created_at", "id")),
    )
