# make demo          paint a sample photograph into out/
# make studio        open the page where people paint
# make test          install what the tests need and run them; make browser: those of the page alone
# make coverage      the same, and which lines no test reaches; it takes longer
# make test-release  what is shipped: a wheel paints from another folder (make site and make man, too)
# make torture       damaged files, odd settings, kills, full disks
# make check         format, lint, types, imports; make format mends what can be mended
# make docs          rewrite what is generated on pages
# make docs-check    measure findings.md again, and compare the pictures of the README
# make pictures      paint the pictures of the docs; make notebook: those of the notebook
# make site          the pages for a browser, into build/site; make man: manual pages, into build/man
# make bench         measure speed and memory; make bench-quick: in a few minutes
# make gpu-check     a card paints what the processor does; make gpu-bench: how fast it is

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
SHARED ?= ../shared
DEVICE ?= cuda

.PHONY: demo studio test coverage test-release torture browser check format docs docs-check pictures notebook site man train-pocket bench bench-quick gpu-check gpu-bench clean

demo: $(VENV)/.installed
	$(BIN)/impasto demo --output out

studio: $(VENV)/.installed
	$(PIP) --editable .[studio]
	$(BIN)/impasto studio

test: $(VENV)/.test
	$(BIN)/python -m pytest -n auto --dist loadfile

coverage: $(VENV)/.test
	$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=term

test-release: $(VENV)/.test site man
	IMPASTO_RELEASE=1 $(BIN)/python -m pytest tests/release

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

site: $(VENV)/.test
	$(PIP) --editable .[site]
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

man: $(VENV)/.test
	$(PIP) --editable .[site]
	$(BIN)/python docs/man.py

docs-check: $(VENV)/.test
	$(BIN)/python -m docs.measured --check
	$(BIN)/python -m docs.pictures --check hero gallery

pictures: $(VENV)/.test
	$(PIP) --editable .[faces]
	$(BIN)/python -m docs.pictures

notebook: $(VENV)/.test
	$(PIP) nbclient ipykernel
	$(BIN)/python docs/notebook.py

train-pocket: $(VENV)/.installed
	$(BIN)/python -m training.layerwise --images $(SHARED)/images --out runs/first
	$(BIN)/python -m training.export runs/first/checkpoint.pt --target runs/first.safetensors
	$(BIN)/python -m training.painted --images $(SHARED)/images --weights runs/first.safetensors --out runs/painted
	$(BIN)/python -m training.layerwise --images $(SHARED)/images --painted runs/painted --out runs/pocket

bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks

bench-quick: $(VENV)/.installed
	$(BIN)/python -m benchmarks --quick

gpu-check: $(VENV)/.test
	IMPASTO_DEVICE=$(DEVICE) $(BIN)/python -m pytest tests/gpu

gpu-bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks.gpu --device $(DEVICE)

clean:
	rm -rf $(VENV) build out .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .import_linter_cache

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
