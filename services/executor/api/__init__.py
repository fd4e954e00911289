"""The REST API of the executor."""

from services.executor.api.ai_tasks import ai_tasks
from services.executor.api.files import files
from services.executor.api.mailbox import mailbox
from services.executor.api.processors import processors
from services.executor.api.queues import dead_letter_list, work_queues
from services.executor.api.run_control import run_control
from services.executor.api.sandbox_crm import sandbox_crm
from services.executor.api.workers import worker_list

blueprints = (
    ai_tasks, processors, work_queues, dead_letter_list, worker_list, sandbox_crm, mailbox, files, run_control,
)  # fmt: skip
