# make run    set up and start the page on localhost:7860
# make test   set up and run linting, types and every test, the browser's included
# make check  the fast part of it, for daily work
# make bench  the benchmarks; each prints a table and, last, one JSON object

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test check bench constraints clean

run: $(VENV)/ready-to-run
	@$(BIN)/python app.py

test: $(VENV)/ready-to-test
	@tests/get-chromium $(BIN)/python
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

check: $(VENV)/ready-to-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m "not browser and not local"

bench: $(VENV)/ready-to-test
	@tests/get-chromium $(BIN)/python
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/streaming.py
	$(BIN)/python benchmarks/browser.py
	$(BIN)/python benchmarks/desk.py
	$(BIN)/python benchmarks/brochure.py

$(BIN)/python:
	@echo "Making $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"

$(VENV)/ready-to-run: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing what the page needs; the models that run on this machine take a few minutes …"
	@$(PIP) --editable ".[local]"
	@touch $@

$(VENV)/ready-to-test: pyproject.toml constraints.txt $(VENV)/ready-to-run
	@echo "Installing the tools of the tests …"
	@$(PIP) --group test
	@touch $@

# After a change of pyproject.toml: writes down the versions that the tests have passed with.
constraints:
	@$(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu$$//' > constraints.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
