# Sophia's commands. `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint types contracts pytest bench bench-gateways format clean

help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.installed ## Prepare .venv with everything that running needs

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Sophia needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 " + "setup")'
	@echo "Preparing $(VENV) (once, about a minute)…"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	@echo "Adding the test tools to $(VENV)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: -r requirements-dev.lock
	@touch $@

demo: setup ## Start Sophia with her local workspace and print its address
	@$(BIN)/sophia demo

test: $(VENV)/.installed-dev ## Set everything up and run lint, types, contracts and all tests
	@$(MAKE) --no-print-directory check

check: lint types contracts pytest

lint:
	@echo "── lint"; $(BIN)/ruff check . && $(BIN)/ruff format --check .

types:
	@echo "── types"; $(BIN)/basedpyright --pythonpath $(BIN)/python

contracts:
	@echo "── architecture contracts"; $(BIN)/lint-imports

pytest:
	@echo "── tests"; $(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

format: $(VENV)/.installed-dev ## Format the code and mend what the linter can
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: $(VENV)/.installed-dev ## Measure: planner, turns, reads, intake, the demo's start
	@$(BIN)/python -m bench

bench-gateways: $(VENV)/.installed-dev ## Measure Sophia's models beside LiteLLM, Portkey and LangChain
	@$(BIN)/python -m bench.gateways --set-up

clean: ## Remove .venv and the demo's data
	@rm -rf $(VENV) .sophia
