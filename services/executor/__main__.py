"""python -m services.executor  api | work | migrate | seed | prepare"""

import sys

from services.executor.app import CONTEXT
from shared import processes

sys.exit(processes.main(CONTEXT))
