"""The first tables of workflows, with an index for each list that can be asked for."""

from peewee import (
    BigIntegerField,
    BooleanField,
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

    class Customer(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        name = TextField()
        name_key = TextField()
        external_id = TextField(null=True)
        arr = TextField()
        currency = TextField()
        renewal_date = DateField()
        time_zone = TextField(null=True)
        industry = TextField(null=True)
        health_score = IntegerField(null=True)
        renewal_likelihood = IntegerField(null=True)
        usage = JSONField()
        signals = JSONField()
        owner = TextField(null=True)
        salesforce_opportunity_id = TextField(null=True)
        created_at = DateTimeField()
        updated_at = DateTimeField()
        version = IntegerField()

        class Meta:
            table_name = "customer"
            indexes = (
                (("tenant_id", "renewal_date", "id"), False),
                (("tenant_id", "owner", "renewal_date", "id"), False),
                (("tenant_id", "name_key"), False),
                (("tenant_id", "external_id"), True),
            )

    class Contact(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        customer_id = TextField()
        name = TextField()
        email = TextField(null=True)
        search_key = TextField()
        title = TextField()
        role = TextField()
        status = TextField()
        sentiment = TextField()
        is_primary = BooleanField()
        opted_out = BooleanField()
        last_met_on = DateField(null=True)
        last_touch_on = DateField(null=True)
        successor_id = TextField(null=True)
        salesforce_id = TextField(null=True)
        created_at = DateTimeField()
        updated_at = DateTimeField()
        version = IntegerField()

        class Meta:
            table_name = "contact"
            indexes = (
                (("tenant_id", "name", "id"), False),
                (("tenant_id", "customer_id", "name", "id"), False),
            )

    class Contract(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        customer_id = TextField()
        title = TextField()
        text = TextField()
        effective_on = DateField(null=True)
        ends_on = DateField(null=True)
        created_at = DateTimeField()

        class Meta:
            table_name = "contract"
            indexes = ((("tenant_id", "customer_id", "created_at", "id"), False),)

    class Execution(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        customer_id = TextField()
        customer_name = TextField()
        stage = TextField()
        status = TextField()
        plan_status = TextField(null=True)
        owner = TextField(null=True)
        trigger_payload = JSONField()
        context = JSONField()
        by = JSONField()
        created_at = DateTimeField()
        started_at = DateTimeField()
        completed_at = DateTimeField(null=True)
        version = IntegerField()

        class Meta:
            table_name = "workflow_execution"
            indexes = (
                (("tenant_id", "created_at", "id"), False),
                (("tenant_id", "customer_id", "created_at", "id"), False),
                (("tenant_id", "status", "created_at", "id"), False),
                (("tenant_id", "stage", "created_at", "id"), False),
            )

    class Step(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        execution_id = TextField()
        order_index = IntegerField()
        kind = TextField()
        title = TextField()
        guidance = TextField()
        status = TextField()
        started_at = DateTimeField(null=True)
        completed_at = DateTimeField(null=True)
        input = JSONField(null=True)
        output = JSONField(null=True)
        summary = TextField(null=True)
        version = IntegerField()

        class Meta:
            table_name = "workflow_step"
            indexes = ((("execution_id", "order_index"), True),)

    class Plan(Table):
        execution_id = TextField(primary_key=True)
        tenant_id = TextField()
        status = TextField()
        planner = TextField()
        body = JSONField()
        answer = JSONField(null=True)
        created_at = DateTimeField()
        updated_at = DateTimeField()
        finalized_at = DateTimeField(null=True)
        version = IntegerField()

        class Meta:
            table_name = "action_plan"

    class Task(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        title = TextField()
        description = TextField()
        status = TextField()
        priority = IntegerField()
        due_date = DateField(null=True)
        snoozed_until = DateTimeField(null=True)
        snooze_reason = TextField(null=True)
        owner = TextField(null=True)
        customer_id = TextField(null=True)
        execution_id = TextField(null=True)
        parent_task_id = TextField(null=True)
        position = IntegerField()
        estimated_completion_time = TextField(null=True)
        complexity = TextField()
        evidence = JSONField()
        related_action = TextField(null=True)
        auto_execute = BooleanField()
        processor = TextField(null=True)
        metadata = JSONField(null=True)
        execution_status = TextField(null=True)
        execution_result = JSONField(null=True)
        executed_at = DateTimeField(null=True)
        run_id = TextField(null=True)
        run_number = IntegerField()
        run_version = BigIntegerField()
        standing_effects = JSONField()
        outcome_applied_at = DateTimeField(null=True)
        created_at = DateTimeField()
        updated_at = DateTimeField()
        completed_at = DateTimeField(null=True)
        version = IntegerField()

        class Meta:
            table_name = "workflow_tasks"

    order = (Task.priority, Task.created_at, Task.position, Task.id)
    for name, first in (
        ("idx_tasks_list", ()),
        ("idx_tasks_status", (Task.status,)),
        ("idx_tasks_owner", (Task.owner,)),
        ("idx_tasks_customer", (Task.customer_id,)),
        ("idx_tasks_execution", (Task.execution_id,)),
        ("idx_tasks_parent", (Task.parent_task_id,)),
        ("idx_tasks_auto_execute", (Task.auto_execute, Task.execution_status)),
        ("idx_tasks_execution_status", (Task.execution_status,)),
    ):
        Task.add_index(Task.index(Task.tenant_id, *first, *order, name=name))
    Task.add_index(Task.index(Task.tenant_id, Task.due_date, name="idx_tasks_due"))
    Task.add_index(Task.index(Task.tenant_id, Task.status, Task.snoozed_until, Task.id, name="idx_tasks_snoozed"))

    class Trigger(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        execution_id = TextField(null=True, unique=True)
        customer_id = TextField()
        stage = TextField()
        trigger_date = DateField()
        conditions = JSONField()
        status = TextField()
        held_reason = TextField(null=True)
        confirmed_at = DateTimeField(null=True)
        started_execution_id = TextField(null=True)
        created_at = DateTimeField()
        by = JSONField()
        version = IntegerField()

        class Meta:
            table_name = "workflow_trigger"
            indexes = (
                (("tenant_id", "trigger_date", "id"), False),
                (("tenant_id", "status", "trigger_date", "id"), False),
                (("tenant_id", "customer_id", "trigger_date", "id"), False),
            )

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

    class HeardRequest(Table):
        id = TextField(primary_key=True)
        kind = TextField()
        heard_at = DateTimeField()

        class Meta:
            table_name = "heard_request"

    class Tenant(Table):
        id = TextField(primary_key=True)
        name = TextField()
        time_zone = TextField()
        country = TextField()
        source_version = BigIntegerField()

        class Meta:
            table_name = "tenant"

    class Person(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField(index=True)
        name = TextField()
        email = TextField()
        active = BooleanField()
        source_version = BigIntegerField()

        class Meta:
            table_name = "person"

    class Processor(Table):
        id = TextField(primary_key=True)
        version_name = TextField()
        description = TextField()
        metadata_schema = JSONField()
        source_version = BigIntegerField()

        class Meta:
            table_name = "processor"

    db.create_tables(
        [
            Customer,
            Contact,
            Contract,
            Execution,
            Step,
            Plan,
            Task,
            Trigger,
            AiTaskRequest,
            NotificationRequest,
            HeardRequest,
            Tenant,
            Person,
            Processor,
        ]
    )
