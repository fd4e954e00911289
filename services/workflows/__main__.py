"""python -m services.workflows  api | work | migrate | seed | prepare | demo"""

import sys

from services.workflows.app import CONTEXT
from shared import processes

sys.exit(processes.main(CONTEXT))
