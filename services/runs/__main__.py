"""python -m services.runs  api | work | migrate | seed | prepare."""

import sys

from services.runs.app import CONTEXT
from shared.process import service_main

sys.exit(service_main.main(CONTEXT))
