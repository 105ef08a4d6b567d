# Each target sets up what it needs in .venv and says what it does; the second time it has nothing to set up.

PYTHON ?= python3
VENV   ?= .venv
DIR    ?= var
FUZZ   ?= 300
# Two test processes: a third of the time is spent waiting for databases, browsers and mail servers.
PYTEST ?= -n 2

BIN := $(VENV)/bin
RUN := $(BIN)/python -m newsletter

.DEFAULT_GOAL := help
.PHONY: help demo serve test check format bench fuzz pictures proof clean

help: ## Show what can be made
	@echo "Rundbrev. Usage: make TARGET"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.ready ## Send a sample issue to 400 invented members, on this machine only, and show the mails
	@echo "==> The demo: an invented association, one issue, every mail kept in $(DIR)/demo."
	@$(RUN) demo --dir $(DIR)/demo

serve: $(VENV)/.ready ## Run everything: pages, scheduler, sender and the local mail sink (data in DIR, here "var")
	@echo "==> Rundbrev with its data in $(DIR)."
	@$(RUN) serve --dir $(DIR)

test: check ## Run the linters, the type checker and all tests (SQLite, and PostgreSQL where one answers)
	@echo "==> Tests (pytest $(PYTEST))."
	@$(BIN)/python -m pytest $(PYTEST)

check: $(VENV)/.ready-dev ## Run the linters and the type checker only
	@echo "==> Lint and format (ruff)."
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --check .; exit 1; }
	@echo "==> Types (mypy --strict)."
	@$(BIN)/mypy -p newsletter -p subscribers -m scheduler
	@echo "==> Import contract (import-linter)."
	@$(BIN)/lint-imports --no-logo

format: $(VENV)/.ready-dev ## Put the code in the project's format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.ready-dev ## Measure, and print figures (see benchmarks/)
	@found=0; for script in benchmarks/*.py; do [ -e "$$script" ] || continue; found=1; \
	  echo "==> $$script"; $(BIN)/python "$$script" || exit 1; done; \
	  [ $$found = 1 ] || echo "There is nothing to measure yet: benchmarks/ holds no script."

fuzz: $(VENV)/.ready-dev ## Throw bytes at the reading of incoming mail for FUZZ seconds (atheris; corpus in DIR/fuzz)
	@$(BIN)/python -m pip install --quiet --editable '.[fuzz]'
	@for target in classify scan; do echo "==> $$target, $(FUZZ) seconds."; \
	  $(BIN)/python fuzzing/inbound.py $$target $(DIR)/fuzz/$$target -max_total_time=$(FUZZ) -print_final_stats=1 || exit 1; done

pictures: $(VENV)/.ready-dev ## Take the README's picture again (needs Chromium)
	@$(BIN)/python docs/pictures/take.py

proof: $(VENV)/.ready-dev ## Walk whole months in Chromium, and put every mail through every check (10 minutes)
	@echo "==> Every mail in every state and both languages. What is found goes to docs/mail-checks.md."
	@RUNDBREV_WRITE_DOCUMENTS=1 RUNDBREV_STRICT_TESTS=1 $(BIN)/python -m pytest -v -m proof tests/mailproof
	@echo "==> The journeys. Their pictures go to docs/pictures."
	@RUNDBREV_PICTURES=docs/pictures RUNDBREV_STRICT_TESTS=1 $(BIN)/python -m pytest -v tests/journeys

clean: ## Take away what make has built (never DIR: your data stays)
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
	@echo "Cleaned. Data in $(DIR) was left alone."

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Rundbrev needs Python 3.11 or newer, and $(PYTHON) is older. Name another: make PYTHON=python3.12"; exit 1; }
	@echo "==> Making a virtual environment in $(VENV)."
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); \
	  echo "The virtual environment could not be made. On Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(VENV)/.ready: pyproject.toml $(BIN)/python
	@echo "==> Installing Rundbrev into $(VENV) (a minute the first time)."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -e .
	@touch $@

$(VENV)/.ready-dev: pyproject.toml $(BIN)/python
	@echo "==> Installing Rundbrev and its development tools into $(VENV) (a minute or two the first time)."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.ready
