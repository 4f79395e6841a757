# On a fresh machine with Python 3.11+ and make: `make run`.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/installed

.PHONY: run test check bench install help

run: $(STAMP) ## everything: database, broker, web, worker and beat; Ctrl-C stops it all (PORT=8000)
	@exec $(BIN)/python manage.py serve

test: $(STAMP) ## the whole test suite
	@$(BIN)/python -m tests

check: $(STAMP) ## formatting, lint, types, migrations, deployment checks, templates, floors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/guards
	PUBLIC_URL=https://socialops.example $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: $(STAMP) ## the benchmarks
	@$(BIN)/python -m tests.benchmarks

install: $(STAMP) ## .venv/ with the locked dependencies

$(STAMP): requirements-dev.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10
