.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
# uv from the PATH, else our own copy: nothing but Python 3.11 with venv is expected of the machine.
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := .venv/bin/
MEMBERS := $(wildcard libs/* services/*)
export UV_PYTHON_DOWNLOADS := never
export PYTHONPATH := tests

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv

# Exactly the locked packages with their hashes, then our own members, editable and without a resolver.
.venv/installed: requirements.lock pyproject.toml $(wildcard libs/*/pyproject.toml services/*/pyproject.toml) | $(filter .tools/bin/uv,$(UV))
	@test -x .venv/bin/python || $(UV) venv --quiet --python $(PYTHON) .venv
	$(UV) pip sync --quiet --require-hashes requirements.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation $(addprefix -e ,$(MEMBERS))
	@touch $@

.PHONY: install
install: .venv/installed ## Install everything into .venv (done by the other targets)

.PHONY: run
run: install ## Start everything in one process (honours PORT, HANDOFF_HOME and .env)
	@exec $(RUN)handoff run

.PHONY: check
check: install lint types imports shape generated ## Every static check

.PHONY: lint
lint: install ## Format and lint, without changing anything
	$(RUN)ruff format --check
	$(RUN)ruff check

.PHONY: fix
fix: install ## Format, and fix what can be fixed
	$(RUN)ruff format
	$(RUN)ruff check --fix

.PHONY: types
types: install ## Type-check (pyright strict)
	$(RUN)pyright

.PHONY: imports
imports: install ## Check who may import whom
	$(RUN)lint-imports

.PHONY: shape
shape: install ## Sizes of files and functions, against the limits
	$(RUN)python tools/shape.py

.PHONY: generated
generated: install ## Generated documents are up to date
	$(RUN)python tools/generate.py --check

.PHONY: generate
generate: install ## Write the generated documents again
	$(RUN)python tools/generate.py

.PHONY: test
test: install ## Every ring: unit, integration, end to end (short model and kill tests included)
	$(RUN)coverage run -m pytest -p tools.cover

UI := services/operator-api/ui
NPM := PATH=$(CURDIR)/.venv/bin:$$PATH npm --prefix $(UI)

$(UI)/node_modules/.installed: $(UI)/package-lock.json | install
	$(NPM) install --no-audit --no-fund
	@touch $@

.PHONY: web
web: $(UI)/node_modules/.installed ## Build the console and the simulator's page into their packages
	$(NPM) run build

.PHONY: web-check
web-check: $(UI)/node_modules/.installed ## Web pages: format, lint, types, API description up to date
	$(RUN)python tools/openapi.py --check
	$(NPM) run check

.PHONY: web-test
web-test: $(UI)/node_modules/.installed ## Web pages: unit and component tests
	$(NPM) test

.PHONY: model
model: install ## Explore the protocol's model in full (reports/model.json)
	$(RUN)python -m model --report reports/model.json

.PHONY: cluster
cluster: install ## Start the five services, two replicas each, over RabbitMQ, PostgreSQL and Redis
	@exec $(RUN)python -m harness.cluster

.PHONY: kill
kill: install ## Kill tests in both modes (reports/kill.json)
	$(RUN)python -m chaos --report reports/kill.json

.PHONY: races
races: install ## 1,000 takeovers against the bot's answer, in both modes (reports/races.json)
	$(RUN)python -m harness.races --races 1000 --report reports/races.json

.PHONY: bench
bench: install ## Measure beside the floor programs (reports/bench.json)
	$(RUN)python -m bench --report reports/bench.json

.PHONY: lock
lock: ## Resolve again and write requirements.lock (versions and hashes, no addresses)
	$(UV) lock --upgrade
	$(UV) export --quiet --all-packages --format requirements-txt --no-emit-workspace --no-annotate --no-header -o requirements.lock

.PHONY: help
help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
