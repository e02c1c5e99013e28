# Everything here sets itself up: `make watch` and `make test` need nothing but Python 3.11 on Linux x86_64.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help setup watch test docs minds pictures clean

BIN := .venv/bin
STAMP := .venv/.installed
ARGS ?=
export OMP_NUM_THREADS ?= 1

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP)  ## install into .venv (the other targets do it when needed)

$(STAMP): pyproject.toml constraints.txt
	@python=
	for candidate in "$${PYTHON:-}" python3.11 python3 python; do
	    if [ -n "$$candidate" ] && "$$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null
	    then python=$$candidate; break; fi
	done
	if [ -z "$$python" ]; then
	    echo "housecat needs Python 3.11 (pybullet has no wheels for later ones), and none was found." >&2
	    echo "Install it (Debian, Ubuntu: apt-get install python3.11-venv), or: make setup PYTHON=/path/to/python3.11" >&2
	    exit 2
	fi
	if [ "$$(uname -sm)" != "Linux x86_64" ]; then
	    echo "housecat is tested on Linux x86_64 only; on $$(uname -sm) pip may have to compile pybullet." >&2
	fi
	if ! $(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
	    echo "Making .venv with $$("$$python" --version)"
	    "$$python" -m venv --clear .venv
	fi
	exec 9> .venv/.lock; flock 9  # two makes at once: the second waits and finds the work done
	[ "$@" -nt pyproject.toml ] && [ "$@" -nt constraints.txt ] && exit 0
	echo "Installing housecat into .venv (a few minutes the first time; details in .venv/install.log)"
	if ! $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off \
	        -c constraints.txt -e '.[dev]' 2>&1 | tee .venv/install.log \
	        | awk '/^(Collecting|Installing|Building)/ { print "  " substr($$0, 1, 76); fflush() }'; then
	    tail -n 15 .venv/install.log >&2
	    echo "Installing failed; the end of .venv/install.log is above." >&2
	    exit 1
	fi
	touch $@

watch: $(STAMP)  ## open the window on a shipped mind (ARGS="--newborn --objective disagreement=1")
	@$(BIN)/housecat watch $(ARGS)

test: $(STAMP)  ## lint, format, spelling, types, layers and the quick tests
	@$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/codespell
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-logo > .venv/lint-imports.log || { cat .venv/lint-imports.log; exit 1; }
	$(MAKE) --no-print-directory docs
	$(BIN)/pytest -q -m "not slow" -n auto --maxprocesses 4 $(ARGS)

docs: $(STAMP)  ## build the documentation into build/docs; a warning is an error
	@# What is kept of pages that warned is removed: the next build would not read them again, nor warn.
	$(BIN)/sphinx-build -q -W --keep-going -j 2 -d build/doctrees docs build/docs || { rm -rf build/doctrees; exit 1; }

minds: $(STAMP)  ## train again the minds that housecat ships
	@$(BIN)/python -m scripts.train_shipped_minds $(ARGS)

pictures: $(STAMP)  ## draw the pictures of the documentation again (ARGS="window maze": some of them)
	@$(BIN)/python -m scripts.make_pictures $(ARGS)

clean:  ## remove what building and testing leave behind (runs/ and .venv stay)
	@rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
