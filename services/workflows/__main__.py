"""python -m services.workflows  api | work | migrate | seed | prepare | backup | restore | demo."""

import sys

from services.workflows.app import CONTEXT
from shared.process import service_main

sys.exit(service_main.main(CONTEXT))
