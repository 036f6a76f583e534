# Set-up needs git, make, pip and Python 3.10, nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run chat train test check fast wheel clean

PYTHON ?= python3.10
UV := .uv/bin/uv
BALM := .venv/bin/python -m balm

# A shell that forbids bytecode makes TensorFlow's import three times slower: it is compiled once, here.
unexport PYTHONDONTWRITEBYTECODE
export RASA_TELEMETRY_ENABLED := false
export PYTHONWARNINGS := ignore
export TF_CPP_MIN_LOG_LEVEL := 3

help:  ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: .venv/.run  ## Start the bot and its chat page (Ctrl-C stops it); OPTIONS="--port 8080"
	@$(BALM) run $(OPTIONS)

chat: .venv/.run  ## Talk to the bot in the terminal; OPTIONS="--customer C001"
	@$(BALM) chat $(OPTIONS)

train: .venv/.run  ## Train the bot if something has changed
	@$(BALM) train $(OPTIONS)

test: check  ## Everything: lint, types, unit, adapter, conversation and end-to-end tests
	@$(BALM) train
	@$(BALM) test
	@.venv/bin/python -m pytest --quiet --doctest-modules balm actions channels components rehearsal
	@.venv/bin/python -m pytest tests

check: .venv/.dev  ## Lint, types and the fast tests
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@$(BALM) lint

fast: .venv/.dev  ## The tests that need no trained bot
	@.venv/bin/python -m pytest tests -m "not slow"

wheel: .venv/.dev  ## Build the wheel that other Rasa bots install
	@$(UV) build --wheel --out-dir dist

clean:  ## Forget models, logs, the demo shop and all conversations
	@rm -rf models .balm .rasa dist

$(UV):
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.10 is needed and '$(PYTHON)' is not there. Install it (apt install python3.10, or pyenv install 3.10), or name it: make PYTHON=/path/to/python3.10"; exit 1; }
	@echo "Installing uv ..."
	@$(PYTHON) -m venv .uv
	@.uv/bin/pip install --quiet --disable-pip-version-check uv==0.13.9

.venv/.run: pyproject.toml uv.lock | $(UV)
	@echo "Installing Balm (about 2.5 GB on disk, most of it Rasa's TensorFlow) ..."
	@$(UV) sync --frozen --inexact --no-dev --compile-bytecode --python $(PYTHON)
	@touch $@

.venv/.dev: pyproject.toml uv.lock | $(UV)
	@echo "Installing Balm with torch and the test tools (about 7.6 GB on disk) ..."
	@$(UV) sync --frozen --all-extras --compile-bytecode --python $(PYTHON)
	@touch $@ .venv/.run
