"""The REST API of the executor."""

from services.executor.api.ai_tasks import ai_tasks
from services.executor.api.files import files
from services.executor.api.mailbox import mailbox
from services.executor.api.processors_and_queues import processors, sandbox_crm, work_queues
from services.executor.api.run_control import run_control

blueprints = (ai_tasks, processors, work_queues, sandbox_crm, mailbox, files, run_control)
