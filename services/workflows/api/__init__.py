"""The REST API of workflows."""

from services.workflows.api.contacts import contacts
from services.workflows.api.contracts import contracts
from services.workflows.api.customer_facts import facts
from services.workflows.api.customers import customers
from services.workflows.api.definitions import definitions
from services.workflows.api.executions import executions
from services.workflows.api.finding import finding
from services.workflows.api.home import home
from services.workflows.api.imports import imports
from services.workflows.api.overviews import overviews
from services.workflows.api.plans import plans
from services.workflows.api.processors import processors
from services.workflows.api.run_control import run_control
from services.workflows.api.samples import samples
from services.workflows.api.task_comments import task_comments
from services.workflows.api.tasks import tasks
from services.workflows.api.triggers import triggers

blueprints = (
    facts,
    customers,
    contracts,
    contacts,
    imports,
    definitions,
    executions,
    finding,
    home,
    overviews,
    plans,
    processors,
    tasks,
    task_comments,
    triggers,
    run_control,
    samples,
)
