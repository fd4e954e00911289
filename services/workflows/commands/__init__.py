"""The commands of workflows as dataclasses: the API makes them of request bodies, and the functions that change data
take them.

Their fields are named after the columns that they fill. A command that changes something leaves out what stays the
same.
"""

from services.workflows.commands.contacts import AddContact, ChangeContact, MergeContacts
from services.workflows.commands.contracts import AddContract, AddContractFile, ChangeContract
from services.workflows.commands.customers import (
    ActOnCustomers,
    AddCustomer,
    AddFact,
    AddScore,
    AddUsage,
    ChangeCustomer,
    ChangeFact,
    PlaceHold,
)
from services.workflows.commands.plans import EditItem, EditPlan, EditSubTask
from services.workflows.commands.tasks import ActOnTasks, ChangeTask, CommentOnTask, CreateTask, ScheduleWorkflow

__all__ = [
    "ActOnCustomers",
    "ActOnTasks",
    "AddContact",
    "AddContract",
    "AddContractFile",
    "AddCustomer",
    "AddFact",
    "AddScore",
    "AddUsage",
    "ChangeContact",
    "ChangeContract",
    "ChangeCustomer",
    "ChangeFact",
    "ChangeTask",
    "CommentOnTask",
    "CreateTask",
    "EditItem",
    "EditPlan",
    "EditSubTask",
    "MergeContacts",
    "PlaceHold",
    "ScheduleWorkflow",
]
