PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: help demo test conformance lint check format bless docs bench clean

help:  ## list what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[embedded,dev]'
	touch $(READY)

demo: $(READY)  ## audit fixtures/credits; that it finds errors is what it is for
	$(BIN)/ormistice audit --config fixtures/credits/ormistice.toml || test $$? -eq 1

test: $(READY)  ## the quick tests
	$(BIN)/pytest -m "not conformance"

conformance: $(READY)  ## long comparisons with the official tools; needs Node and npm
	$(BIN)/pytest -m conformance

lint: $(READY)  ## format, style, types, layers
	$(BIN)/ruff format --check . && $(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: test lint conformance  ## all of it

format: $(READY)  ## mend what a machine can mend
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bless: $(READY)  ## rewrite every expected output; then read git diff
	$(BIN)/pytest -m "not conformance" --bless -q

docs: $(READY)  ## write docs/rules from the rules
	$(BIN)/python tests/rule_pages.py

bench: $(READY)  ## time it beside the official tools; needs Node and npm
	for file in tests/benchmarks/*.py; do $(BIN)/python $$file; done

clean:  ## remove the virtual environment
	rm -rf .venv
