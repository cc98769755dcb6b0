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
STREAMLIT := $(BIN)/python -m streamlit run app.py --server.port $(PORT)

.PHONY: run share test fuzz check bench clean

run: $(VENV)/.app
	$(STREAMLIT) --server.headless false $(if $(ARGS),-- $(ARGS))

share: $(VENV)/.app
	$(STREAMLIT) --server.address 0.0.0.0 --server.headless false $(if $(ARGS),-- $(ARGS))

test: check
	$(BIN)/python -m pytest -n 2 --dist loadfile

fuzz: $(VENV)/.dev
	EMBEDVIZ_FUZZ=1 $(BIN)/python -m pytest tests/core -n 2 --dist worksteal --durations=10

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
