.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
# uv from the PATH, else our own copy: nothing but Python 3.11 with venv is expected of the machine.
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := .venv/bin/
MEMBERS := $(wildcard libs/* services/*)
export UV_PYTHON_DOWNLOADS := never
export PYTHONPATH := tests

UI := services/operator-api/ui
CONSOLE := services/operator-api/src/handoff_operator_api/console/index.html
SIMULATOR := services/simulator/src/handoff_simulator/page/index.html
UI_SOURCES := $(shell find $(UI) -name node_modules -prune -o -type f ! -name '*.test.*' -print)
# Node is one of our Python packages, so that every machine builds with the same.
NPM := PATH=$(CURDIR)/.venv/bin:$$PATH npm --prefix $(UI) --loglevel=error

.tools/bin/uv:
	@echo "Getting uv, which installs the rest …"
	@$(PYTHON) -m venv .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv

# Exactly the locked packages with their hashes, then our own members, editable and without a resolver.
# Compiled here, because an environment with PYTHONDONTWRITEBYTECODE would compile them again at every start.
.venv/installed: requirements.lock pyproject.toml $(wildcard libs/*/pyproject.toml services/*/pyproject.toml) | $(filter .tools/bin/uv,$(UV))
	@echo "Installing Python packages into .venv (and Node, about 300 MB the first time) …"
	@test -x .venv/bin/python || $(UV) venv --quiet --python $(PYTHON) .venv
	@$(UV) pip sync --quiet --compile-bytecode --require-hashes requirements.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation $(addprefix -e ,$(MEMBERS))
	@.venv/bin/python -m compileall -q $(addsuffix /src,$(MEMBERS))
	@touch $@

# As locked. Not `ci`: that refuses a lock without the other systems' builds of a package.
$(UI)/node_modules/.installed: $(UI)/package-lock.json | .venv/installed
	@echo "Installing the console's packages …"
	@$(NPM) install --no-save --prefer-offline --no-audit --no-fund
	@touch $@

BUILD_PAGES = echo "Building the console and the simulator's page …"; $(NPM) run --silent build

$(CONSOLE): $(UI_SOURCES) $(UI)/node_modules/.installed
	@$(BUILD_PAGES)

# Built after the console by the same command; older, or not there: that was interrupted.
$(SIMULATOR): $(CONSOLE)
	@test $@ -nt $< || { $(BUILD_PAGES); }

##@ Use

.PHONY: run
run: .venv/installed $(SIMULATOR) ## Start everything in one process (honours PORT, HANDOFF_HOME and .env)
	@exec $(RUN)handoff run

.PHONY: cluster
cluster: install web ## Start the five services, two replicas each, over RabbitMQ, PostgreSQL and Redis
	@exec $(RUN)python -m harness.cluster

.PHONY: install
install: .venv/installed ## Install everything into .venv (done by the other targets)

.PHONY: web
web: $(SIMULATOR) ## Build the console and the simulator's page into their packages (done by the other targets)

##@ Check

.PHONY: check
check: install lint types imports shape generated web-check ## Every static check

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

.PHONY: web-check
web-check: $(UI)/node_modules/.installed ## Web pages: format, lint, types, generated client up to date
	$(RUN)python tools/openapi.py --check
	$(RUN)python tools/client.py --check
	$(NPM) run --silent check

##@ Test

.PHONY: test
test: install web ## Every ring: unit, web, integration, end to end, browser (short model and kill tests included)
	$(RUN)coverage run -m pytest -p tools.cover

.PHONY: web-test
web-test: $(UI)/node_modules/.installed ## Web pages: unit and component tests alone
	$(NPM) test

.PHONY: e2e
e2e: install web ## Browser stories in both modes; TARGET=compose: against what `make up` has started
	TARGET=$(TARGET) $(RUN)python -m pytest tests/browser

.PHONY: model
model: install ## Explore the protocol's model in full (reports/model.json)
	$(RUN)python -m model --report reports/model.json

.PHONY: kill
kill: install ## Kill tests in both modes (reports/kill.json)
	$(RUN)python -m chaos --report reports/kill.json

.PHONY: races
races: install ## 1,000 takeovers against the bot's answer, in both modes (reports/races.json)
	$(RUN)python -m harness.races --races 1000 --report reports/races.json

##@ Measure

.PHONY: bench
bench: install ## Measure beside the floor programs (reports/bench.json)
	$(RUN)python -m bench --report reports/bench.json

.PHONY: bench-web
bench-web: install web ## Measure the console in the browser, against its budget (reports/bench-web.json)
	$(RUN)python -m bench.browser --report reports/bench-web.json

##@ Keep

.PHONY: lock
lock: ## Resolve again and write the locks: all, and the image's (versions and hashes, no addresses)
	$(UV) lock --upgrade
	$(UV) export --quiet --all-packages --format requirements-txt --no-emit-workspace --no-annotate --no-header -o requirements.lock
	$(UV) export --quiet --all-packages --no-dev --format requirements-txt --no-emit-workspace --no-annotate --no-header -o deploy/requirements.lock

.PHONY: help
help: ## Show this help
	@awk -F ':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } /^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Containers

# Debian's docker-compose is a Python program: our own path would give it our modules for its own.
COMPOSE = PYTHONPATH= COMPOSE_PROFILES=simulator \
	$(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)

.PHONY: up
up: ## Build and start the distributed mode in containers, and wait until it is healthy
	@$(PYTHON) -m deploy.up

.PHONY: down
down: ## Stop the containers; their data stay
	@$(COMPOSE) down

.PHONY: logs
logs: ## Follow the containers' logs
	@$(COMPOSE) logs --follow --tail 50
