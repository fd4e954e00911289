"""python -m services.monitor  api | work | migrate | seed | prepare | backup | restore | user."""

import sys

from services.monitor.app import CONTEXT
from shared.process import service_main

sys.exit(service_main.main(CONTEXT))
