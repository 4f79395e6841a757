# On a fresh machine with Python 3.11+ and make: `make run`.

PYTHON ?= python3
GUARDS ?= tests/guards
GROUPS := adapters rights states numbers sign_in inbox publishing outbox
BIN := .venv/bin
STAMP := .venv/installed

.PHONY: run test check bench mutants install help

run: $(STAMP) ## everything: database, broker, web, worker and beat; Ctrl-C stops it all (PORT=8000)
	@exec $(BIN)/python manage.py serve

test: $(STAMP) ## the whole test suite
	@$(BIN)/python -m tests

check: $(STAMP) ## formatting, lint, types, migrations, deployment checks, templates, floors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@$(BIN)/djade --check --target-version 5.2 $$(find templates -name '*.html')
	$(BIN)/djhtml --check --tabwidth 2 templates
	@test -z "$(GUARDS)" || $(BIN)/python -m pytest $(GUARDS)
	PUBLIC_URL=https://socialops.example $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: $(STAMP) ## the benchmarks
	@$(BIN)/python -m tests.benchmarks

mutants: $(STAMP) ## what no test notices (GROUP=outbox: of one group of tests/mutants/targets.py; ARGS="--every 10"; JOBS=2)
	@printf '%s\n' $(or $(GROUP),$(GROUPS)) | DJANGO_SETTINGS_MODULE=socialops.settings xargs -P $(or $(JOBS),$(shell nproc)) -I GROUP \
		env SOCIALOPS_RUN_DIR=$(CURDIR)/.run/mutants/GROUP $(BIN)/python -m tests.mutants GROUP $(ARGS)

install: $(STAMP) ## .venv/ with the locked dependencies

$(STAMP): requirements-dev.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10
