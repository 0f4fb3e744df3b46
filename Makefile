# The menu of the project; each target makes the virtual environment it needs and then does its one thing.
.PHONY: help demo demo-flask demo-django test test-others nightly lint docs bench clean
.NOTPARALLEL:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
IN_C   := $(wildcard parse_orm/*/*.c)
LEAN   := not slow and not live and not typing and not docs

# The dev server runs on the node of PATH when Parse Server takes it; else a wheel brings one (126 MB).
HAS_NODE = test '$*' = test || PYTHONPATH=. $(BIN)/python .ci/has-node

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

help:
	@echo "make demo    a tour of the library against a real Parse Server"
	@echo "make demo-flask    a site with accounts and the page of devices, in Flask"
	@echo "make demo-django   the same in Django; CHECK=--check goes through either once, and ends"
	@echo "make test    the whole suite with coverage, then a lean one on the other Pythons found here"
	@echo "make nightly the random tests with 20,000 verbs and 2,000 questions, and all faults put back (half an hour)"
	@echo "make lint    ruff, mypy, pyright, import floors, spelling, no machine paths"
	@echo "make docs    the pages, into docs/_build/html"
	@echo "make bench   the benchmarks"
	@echo "make clean   removes what these targets made"

demo: $(VENV)/.has-devserver
	@$(BIN)/python -m parse_orm.demo

demo-flask: $(VENV)/.has-dev
	@$(BIN)/python -m examples.flask_site $(CHECK)

demo-django: $(VENV)/.has-dev
	@$(BIN)/python -m examples.django_project $(CHECK)

# The main run comes last, so that the last line printed is its verdict.
test: $(VENV)/.has-dev test-others
	@$(BIN)/python -m pytest -n 2 --dist loadscope --cov --cov-report=term

test-others: $(VENV)/.has-dev
	@for found in $$(.ci/pythons $(BIN)/python); do \
	    version=$${found%%=*}; \
	    $(MAKE) --no-print-directory VENV=.venv-$$version PYTHON=$${found#*=} test-lean || exit 1; \
	done
	@PARSE_ORM_PURE_PYTHON=1 $(MAKE) --no-print-directory VENV=.venv-lowest lowest test-lean

# The test tools themselves would ask for newer ones, so these are put in their place afterwards.
.PHONY: lowest
lowest: $(VENV)/.has-test
	@echo "$(VENV): the oldest runtime dependencies that setup.cfg allows, and nothing in C"
	@$(BIN)/python -m pip install -q --no-deps -r .ci/lowest.txt

.PHONY: test-lean
test-lean: $(VENV)/.has-test
	@echo "$$($(BIN)/python --version): the tests that need neither a server nor an extra"
	@$(BIN)/python -m pytest -q -p no:cacheprovider -m "$(LEAN)" tests/unit tests/wire tests/fault

# The seeds of HYPOTHESIS_PROFILE=nightly are fixed, too: a run that fails can be repeated.
nightly: $(VENV)/.has-dev
	@HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest -s tests/model_based tests/live/query/test_random_questions.py

lint: $(VENV)/.has-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/pyright --pythonpath $(BIN)/python
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/codespell
	@.ci/clean-tree

# -E reads every page anew: a second run would not repeat the warnings of the first, and pass.
docs: $(VENV)/.has-dev
	@$(BIN)/sphinx-build -E -W --keep-going -n -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html is ready"

bench: $(VENV)/.has-bench
	@$(BIN)/python -m bench

clean:
	@rm -rf .venv .venv-3.* build dist *.egg-info docs/_build htmlcov .coverage .coverage.* \
	    .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@rm -f $(IN_C:.c=.*.so)
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# .has-dev is made by installing the extra "dev", and again whenever a dependency or a part in C changes.
$(VENV)/.has-%: setup.cfg setup.py pyproject.toml $(IN_C) | $(BIN)/python
	@echo "$(VENV): installing parse_orm with what '$*' needs (a minute the first time)"
	@$(HAS_NODE) && extras='$*' || extras='$*,devserver-node'; $(BIN)/python -m pip install -q -e ".[$$extras]"
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "parse_orm needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
	    echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; \
	    exit 1; }
	@echo "$(VENV): making a virtual environment with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { \
	    echo "$(PYTHON) cannot make a virtual environment; on Debian install python3-venv." >&2; \
	    rm -rf $(VENV); exit 1; }
