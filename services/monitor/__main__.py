"""python -m services.monitor  api | work | migrate | seed | prepare | user"""

import sys

from services.monitor.app import CONTEXT
from shared import processes

sys.exit(processes.main(CONTEXT))
