# make demo   paint a sample photograph into out/        make check   format, lint, types, imports
# make studio open the page where people paint          make pictures  paint the pictures of the docs
# make test   install what the tests need and run them   make docs    rewrite what is generated on pages
# make docs-check  measure the numbers of findings.md    make notebook run the notebook, keep its pictures
# make torture     damaged files, odd settings, kills, full disks

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
SHARED ?= ../shared

.PHONY: demo studio test torture browser check format docs docs-check pictures notebook train-pocket bench bench-quick clean

demo: $(VENV)/.installed
	$(BIN)/impasto demo --output out

studio: $(VENV)/.installed
	$(PIP) --editable .[studio]
	$(BIN)/impasto studio

test: $(VENV)/.test
	$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=term

torture: $(VENV)/.test
	$(BIN)/python -m tests.torture

browser: $(VENV)/.test
	$(BIN)/python -m pytest tests/browser

check: $(VENV)/.check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.check
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.installed
	$(BIN)/python docs/generate.py

docs-check: $(VENV)/.test
	$(BIN)/python -m docs.measured --check

pictures: $(VENV)/.test
	$(PIP) --editable .[faces]
	$(BIN)/python -m docs.pictures

notebook: $(VENV)/.test
	$(PIP) nbclient ipykernel
	$(BIN)/python docs/notebook.py

train-pocket: $(VENV)/.installed
	$(BIN)/python -m training.prepare --images $(SHARED)/images --out runs/lessons.pt
	$(BIN)/python -m training.train --images $(SHARED)/images --lessons runs/lessons.pt --out runs/pocket

bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks

bench-quick: $(VENV)/.installed
	$(BIN)/python -m benchmarks --quick

clean:
	rm -rf $(VENV) out .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .import_linter_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable .
	touch $@

$(VENV)/.test: $(VENV)/.installed
	$(PIP) --editable .[test]
	touch $@

$(VENV)/.check: $(VENV)/.test
	$(PIP) --editable .[test,check]
	touch $@
