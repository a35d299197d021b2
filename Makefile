# make          a first run: environment, then the server
# make help     every target
# PYTHON=...    the interpreter that .venv is made with (3.11 or later)
# ARGS=...      more arguments for `vnsim serve`, pytest, the benchmark or the campaigns
# MINUTES=...   how long `make soak` takes (10)

PYTHON ?= python3
WORKERS ?= 2
MINUTES ?= 10
ARGS ?=
SEED ?=

BIN := .venv/bin
STAMP := .venv/installed
CHECKED := $(wildcard simulator seed e2e tests tools bench soak)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.DEFAULT_GOAL := run
.PHONY: checks run help venv lock browser lint fix types contracts quick golden pictures test test-all test-rest fuzz official wheel typescript bench soak clean

# Directories whose tests need no browser and no other process, and fail for most mistakes in what everything stands on.
QUICK := tests/core tests/directory tests/billing tests/web tests/house tests/docs --ignore=tests/docs/test_pages.py

run: venv ## start the server (the default)
	@$(BIN)/vnsim serve $(ARGS)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(firstword $(MAKEFILE_LIST))

venv: $(STAMP) ## make .venv with the locked packages

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "vnsim needs Python 3.11 or later: make PYTHON=/path/to/python3")'
	@echo "Bringing .venv to the locked packages (about a minute the first time) ..."
	@$(BIN)/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

lock: ## choose the locked versions anew
	@test -x build/lock/bin/uv || { $(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet uv; }
	@build/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--extra walk --extra dev --no-annotate --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

browser: venv ## make sure that there is a browser to walk manuals with
	@$(BIN)/python tools/browser.py

lint: venv ## ruff: rules and layout
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

fix: venv ## ruff: repair what it can, and lay the code out
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

types: venv ## mypy
	@$(BIN)/mypy $(CHECKED)

contracts: venv ## import-linter: who may import whom
	@$(BIN)/lint-imports --no-logo

checks: venv ## lint, types and contracts at the same time
	@$(MAKE) --no-print-directory --jobs=$(WORKERS) lint types contracts

quick: checks ## the fast loop, a minute at most: every check, and tests without a browser
	@$(BIN)/python -m pytest -q -n $(WORKERS) -m "not browser and not slow" $(QUICK) $(ARGS)

golden: venv ## renew the files that say what is so today: tables, routes, answers
	@$(BIN)/python -m seed.schema
	@$(BIN)/python -m tools.documents
	@$(BIN)/python -m tools.operations
	@$(BIN)/python -m tools.readme
	@VNSIM_RENEW_GOLDEN=1 $(BIN)/python -m pytest -q -n $(WORKERS) tests/house $(ARGS)

pictures: venv browser ## walk manuals and renew the pictures of README and Online help
	@$(BIN)/python -m tools.pictures

test: venv browser checks ## every check and test; what takes longest, on a sample drawn by the commit
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests e2e $(ARGS)

test-all: venv browser checks ## every check and test without exception: each language, page and picture
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --extent=all tests e2e $(ARGS)

test-rest: venv browser ## what test-all has besides test
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --extent=rest tests e2e $(ARGS)

official: venv ## compare verdicts on made-up documents with the official rules: RULES=<directory>
	@test -n "$(RULES)" || { echo "make official RULES=<directory with CEN-EN16931-UBL.sch and PEPPOL-EN16931-UBL.sch>"; exit 2; }
	@$(BIN)/python -m tools.official "$(RULES)" $(ARGS)

fuzz: venv ## send anything to calls, pages and forms for MINUTES (10); SEED repeats a round that found something
	@VNSIM_FUZZ_MINUTES=$(MINUTES) VNSIM_FUZZ_SEED=$(SEED) $(BIN)/python -m pytest -q -s tests/fuzz $(ARGS)

wheel: venv browser ## build the wheel in dist/, from a clone; install it in an empty folder, serve and walk a manual there
	@$(BIN)/python tools/wheel.py

typescript: venv ## build the package for npm in dist/
	@$(BIN)/python -m tools.typescript

bench: venv ## measure
	@$(BIN)/python -m bench $(ARGS)

soak: venv ## kills, many clients, a full disk, sign-ins: campaigns for MINUTES (10), named in ARGS or all
	@$(BIN)/python -m soak --minutes $(MINUTES) $(ARGS)

clean: ## remove the environment, builds and caches
	@rm -rf .venv build dist .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
