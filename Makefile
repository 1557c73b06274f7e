# Everything a newcomer types. The first target used sets up .venv from requirements.lock; nothing is needed but
# Python 3.11 to 3.13 with venv and pip. uv is used for speed where it is on the PATH (`make UV= …`: without it).

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo $$python && break; done)
UV ?= $(shell command -v uv)
BIN := .venv/bin
READY := .venv/.ready
# Two at once, whatever the machine: each brings a Temporal server and a PostgreSQL of its own. Whichever is done takes
# over of what the other has left.
PYTEST_FLAGS ?= -n 2 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help demo up test check format lock clean

help: ## What can be made here
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

demo: $(READY) ## Watch one incident of each kind made right, in about a minute
	@$(BIN)/amends demo

up: $(READY) ## Run everything on this machine; state is kept under .amends/
	@$(BIN)/amends up

test: $(READY) ## Run the tests
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

check: $(READY) ## Check format, lint, types and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## Put the format right, and what lint can mend by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(READY) ## Write requirements.lock anew from pyproject.toml (`make lock UV_FLAGS=--upgrade`: with newer versions)
	$(if $(UV),,@$(BIN)/python -m pip install --quiet uv)
	$(or $(UV),$(BIN)/uv) pip compile pyproject.toml --extra embedded --extra traces --group dev --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url --no-emit-find-links $(UV_FLAGS) \
		--quiet --output-file requirements.lock

clean: ## Remove what was built and cached, and .venv; what `amends` keeps under .amends/ stays
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The lock names every file by its hash; the project itself is linked, so that an edit is at once what runs.
$(READY): requirements.lock pyproject.toml
	$(if $(PYTHON),,$(error Amends needs Python 3.11, 3.12 or 3.13 with its venv module (Debian: python3-venv); \
		name one with `make PYTHON=/path/to/python3.12 ...`))
	@test -x $(BIN)/python || { echo "setting up .venv (once)"; \
		$(if $(UV),$(UV) venv --quiet --seed --allow-existing --python $(PYTHON) .venv,$(PYTHON) -m venv .venv); }
	@$(if $(UV),$(UV) pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet) \
		--require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@
