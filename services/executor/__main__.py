"""python -m services.executor  api | work | migrate | seed | prepare | backup | restore."""

import sys

from services.executor.app import CONTEXT
from shared.process import service_main

sys.exit(service_main.main(CONTEXT))
