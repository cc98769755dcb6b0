# make run    set up (once) and open the app on this machine
# make share  the same, reachable from the classroom's network (read the README first)
# make test   set up (once) and run ruff, mypy and all tests
# make fuzz   set up (once) and run the tests with long property counts and every-file corpora
# make bench  side by side with gensim, scikit-learn, Plotly and Streamlit's own chart
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
ARGS ?=
WORKERS ?= 2
# Work is stolen from the end: the browser's tests, which come first, stay with the first worker, so
# that their servers run once.
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --durations=10
STREAMLIT := $(BIN)/python -m streamlit run app.py --server.port $(PORT)

.PHONY: run share test fuzz check bench clean

run: $(VENV)/.app
	$(STREAMLIT) --server.headless false $(if $(ARGS),-- $(ARGS))

share: $(VENV)/.app
	$(STREAMLIT) --server.address 0.0.0.0 --server.headless false $(if $(ARGS),-- $(ARGS))

# mypy works beside the tests and is heard after them; whichever fails, `make test` fails.
test: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@mkdir -p .mypy_cache
	@$(BIN)/mypy >.mypy_cache/said.txt 2>&1 & types=$$!; \
	trap 'kill $$types 2>/dev/null' INT TERM; \
	$(PYTEST); tests=$$?; \
	wait $$types; types=$$?; \
	echo "mypy: $$(cat .mypy_cache/said.txt)"; \
	[ $$tests -eq 0 ] && [ $$types -eq 0 ]

fuzz: $(VENV)/.dev
	EMBEDVIZ_FUZZ=1 $(PYTEST) tests/core

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.app
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
