"""The REST API of workflows."""

from services.workflows.api.contacts import contacts
from services.workflows.api.customer_facts import facts
from services.workflows.api.customers import customers
from services.workflows.api.definitions import definitions
from services.workflows.api.executions import executions
from services.workflows.api.imports import imports
from services.workflows.api.plans import plans
from services.workflows.api.run_control import run_control
from services.workflows.api.tasks import tasks
from services.workflows.api.triggers import triggers

blueprints = (facts, customers, contacts, imports, definitions, executions, plans, tasks, triggers, run_control)
