# Everything a developer does. `make run` shows Billto, `make test` judges it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PINNED := $(VENV)/.pinned
INSTALLED := $(VENV)/.installed
# A client that the tests run as it is, in an environment of its own: it bears no newer jsonschema.
TAP := .tap/.installed
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
SOURCES := src tests $(wildcard scripts/*.py) $(wildcard bench)

.PHONY: install run test tests lint types imports format bench lock clean help
.DEFAULT_GOAL := help

help: ## say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

install: $(INSTALLED) ## make .venv with the pinned dependencies (does nothing when they are there)

$(PINNED): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Billto needs Python 3.11 or newer: install it, or name it with PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
		|| { echo "Python's venv is missing: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(INSTALLED): $(PINNED) pyproject.toml
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(TAP): requirements/tap.txt
	$(PYTHON) -m venv --clear .tap
	.tap/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements/tap.txt
	@touch $@

run: install ## make demo data in ./.billto and serve it on 127.0.0.1:8080
	$(BIN)/billto demo --serve

test: lint types imports tests ## everything: lint, types, imports, all tests on SQLite and PostgreSQL
	@echo 'All green.'

tests: install $(TAP)
	scripts/test

lint: install ## ruff: rules and format
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

types: install ## mypy, strict
	$(BIN)/mypy $(SOURCES)

imports: install ## who may import whom
	$(BIN)/lint-imports

format: install ## write the format and what ruff can mend
	$(BIN)/ruff check --fix-only $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

bench: install ## measure
	$(BIN)/python -m bench

lock: ## pin the dependencies anew
	scripts/lock --upgrade

clean: ## remove what was made, also .venv and the demo data
	rm -rf $(VENV) .billto build dist htmlcov .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf .import_linter_cache .tap
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
