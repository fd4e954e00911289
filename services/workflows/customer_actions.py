"""The actions that can be done with many customers at once, each an object. Call them inside a transaction."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from services.workflows import executions, models, tasks
from services.workflows.commands import ActOnCustomers, CreateTask
from services.workflows.models import Customer, acts, replicas
from shared.ground import ids
from shared.ground.errors import Conflict
from shared.ground.principal import Principal

USUAL_PRIORITY = 3


class CustomerAction(ABC):
    """One action: `key` is its name in REST, `needs` the fields without which it says nothing, `takes` the others."""

    key: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()

    @abstractmethod
    def prepare(self, by: Principal, command: ActOnCustomers) -> None:
        """Check once what holds for all of the customers. Invalid when a field cannot be meant for any of them."""

    @abstractmethod
    def apply(self, by: Principal, command: ActOnCustomers, row: Customer, now: datetime) -> bool:
        """Do it with one customer. Returns whether anything changed. Conflict when it cannot be done with this one."""


class HandOver(CustomerAction):
    """Makes a person their owner."""

    key, needs = "hand_over", ("owner",)

    def prepare(self, by: Principal, command: ActOnCustomers) -> None:
        """See CustomerAction."""
        replicas.people.require(by, command.owner)

    def apply(self, by: Principal, command: ActOnCustomers, row: Customer, now: datetime) -> bool:
        """See CustomerAction."""
        if row.owner == command.owner:
            return False
        models.customers.change(row, owner=command.owner, updated_at=now)
        acts.record(by, "changed customer", "customer", row.id, now=now, details={"fields": ["owner"]})
        return True


class StartStage(CustomerAction):
    """Starts the workflow of a stage, by default of the one that the days of each customer call for; never one that is
    open, or was done for this renewal."""

    key, takes = "start_stage", ("stage",)

    def prepare(self, by: Principal, command: ActOnCustomers) -> None:
        """See CustomerAction; the stage is checked with each customer, whose days may call for another."""

    def apply(self, by: Principal, command: ActOnCustomers, row: Customer, now: datetime) -> bool:
        """See CustomerAction."""
        stage = executions.stage_to_start(row, command.stage, now)
        if executions.is_begun(row, stage):
            raise Conflict(f"{stage.name} is open already, or was done for this renewal.")
        executions.start(by, row.id, stage.key, execution_id=ids.new_id(), now=now)
        return True


class MakeTask(CustomerAction):
    """Makes a task for each, for its owner unless another is named."""

    key, needs, takes = "create_task", ("title",), ("due_date", "priority", "owner")

    def prepare(self, by: Principal, command: ActOnCustomers) -> None:
        """See CustomerAction."""
        replicas.people.require(by, command.owner)

    def apply(self, by: Principal, command: ActOnCustomers, row: Customer, now: datetime) -> bool:
        """See CustomerAction."""
        owner = command.owner or row.owner
        if owner and owner != by.id and replicas.people.deactivated(by.tenant_id, owner):
            owner = None
        task = CreateTask(
            title=str(command.title),
            due_date=command.due_date,
            priority=command.priority or USUAL_PRIORITY,
            owner=owner,
            customer_id=row.id,
        )
        tasks.create(by, task, task_id=ids.new_id(), now=now)
        return True


ACTIONS: dict[str, CustomerAction] = {action.key: action for action in (HandOver(), StartStage(), MakeTask())}
