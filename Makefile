# Every verb of the developer; `make` alone lists them.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
STAMP := $(VENV)/.ready
TEST_STAMP := $(VENV)/.ready-for-tests
PIP := $(RUN) -m pip install --disable-pip-version-check --quiet --require-hashes

.DEFAULT_GOAL := help
.PHONY: help setup run demo token test test-sqlite test-postgresql test-contracts test-faults test-browser test-compose lint types walls check bench lock clean

help: ## list these targets
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Use it
run: $(STAMP) ## set up, start everything with sample data, print the address; Ctrl-C stops it
	@$(VENV)/bin/tandem up

demo: $(STAMP) ## walk the Discovery story against what is running
	@$(VENV)/bin/tandem demo

token: $(STAMP) ## print a bearer token of the sample tenant (ROLE=admin)
	@$(VENV)/bin/tandem token --tenant demo --role $(or $(ROLE),admin)

##@ Work on it
setup: $(TEST_STAMP) ## make the virtual environment with everything that tests and linters need

test: test-faults test-browser test-postgresql test-sqlite test-contracts ## everything that needs no Docker, on both databases (-j2: two at a time, the longest first)

test-sqlite: $(TEST_STAMP) ## unit and service tests on SQLite
	$(RUN) -m pytest -q tests/shared tests/runs tests/workflows tests/executor tests/monitor tests/test_*.py

test-postgresql: $(TEST_STAMP) ## the same on a real PostgreSQL (a wheel, no installation), but for what only starts processes
	$(RUN) -m pytest -q --database=postgresql --ignore=tests/shared/test_launcher.py --ignore=tests/shared/test_cli.py tests/shared tests/runs tests/workflows tests/executor tests/monitor

test-contracts: $(TEST_STAMP) ## every service asked what its OpenAPI promises, every change against its schema (LONG=1: twenty minutes of it)
	$(RUN) -m pytest -q tests/contracts

test-faults: $(TEST_STAMP) ## real processes, killed; short forms (LONG=1 for the full lengths)
	$(RUN) -m pytest -q tests/faults

test-browser: $(TEST_STAMP) ## the story over REST and in Chromium, against running services
	$(RUN) -m pytest -q tests/acceptance tests/browser

test-compose: $(TEST_STAMP) ## the story through `docker compose up` (needs a Docker engine)
	TANDEM_REQUIRE_DOCKER=1 $(RUN) -m pytest -q tests/compose

lint: $(TEST_STAMP) ## ruff
	$(VENV)/bin/ruff check .

types: $(TEST_STAMP) ## mypy
	$(VENV)/bin/mypy

walls: $(TEST_STAMP) ## the import contracts
	$(VENV)/bin/lint-imports --no-cache

check: lint types walls ## lint, types and import contracts

bench: $(TEST_STAMP) ## measure, and print ratios beside a peer or a floor
	$(RUN) -m tests.bench

lock: ## renew the hashed requirements (needs uv)
	uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --group build pyproject.toml -o requirements.txt
	uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --group test -c requirements.txt -o requirements-test.txt

clean: ## delete the virtual environment and all local data
	rm -rf $(VENV) var build *.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tandem needs Python 3.11 or newer; $(PYTHON) is older. Set PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv module. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(STAMP): requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up (once, about half a minute)..."
	@$(PIP) -r requirements.txt
	@$(RUN) -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(TEST_STAMP): requirements-test.txt $(STAMP)
	@$(PIP) -r requirements-test.txt
	@touch $@
