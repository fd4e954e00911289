"""python -m services.runs  api | work | migrate | seed | prepare"""

import sys

from services.runs.app import CONTEXT
from shared import processes

sys.exit(processes.main(CONTEXT))
