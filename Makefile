# What a person does with this folder. `make help` lists it; everything lives in .venv.
.DEFAULT_GOAL := help
.PHONY: help setup dashboard lab test bench pictures lint lock browser sandbox clean

PYTHON ?=
BIN := .venv/bin
STAMP := .venv/installed
ARGS ?=

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## install the locked dependencies and the workbench into .venv

$(STAMP): requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" bash .ci/setup
	@touch $@

dashboard: setup ## open the compare dashboard in a browser (ARGS="--port 8866" and so on)
	@$(BIN)/workbench dashboard $(ARGS)

lab: setup ## open JupyterLab on the notebooks
	@$(BIN)/workbench lab $(ARGS)

browser: setup ## bring a Chromium for the browser tests, unless there is one
	@bash .ci/browser

sandbox: ## bring bubblewrap, in which students' code is graded, unless it is there
	@bash .ci/sandbox

test: browser sandbox ## run every test (ARGS="-k otsu" picks some)
	$(BIN)/python -m pytest -n logical --maxprocesses 4 $(ARGS)

bench: browser ## measure the speed table of the README
	$(BIN)/python -m pytest tests/benchmarks --override-ini=addopts= --override-ini=python_files='bench_*.py' -s -q $(ARGS)

pictures: browser ## take the pictures of the README and the home page anew
	PYTHONPATH=tests $(BIN)/python tests/browser/screenshots.py

lint: setup ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock: setup ## choose the newest allowed versions and pin them in requirements.lock
	$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-header --extra deep --extra public --extra dev pyproject.toml -o requirements.lock

clean: ## remove .venv and everything else that was made here
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find workbench tests -name __pycache__ -type d -prune -exec rm -rf {} +
