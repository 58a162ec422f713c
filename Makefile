# `make` alone lists what it can do. Works with the make of Debian and of macOS (3.81).

PORT ?=
ARGS ?=
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
# Bytecode is written even where the environment forbids it: each worker, and each server that a test
# starts, would compile everything again.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 2 --dist worksteal
BROWSERS := chromium-headless-shell firefox-esr WebKitWebDriver xvfb-run
SERVERS := redis-server nginx caddy pg_lsclusters systemd-analyze
TEST_PACKAGES := chromium-headless-shell fonts-dejavu-core fonts-inter firefox-esr \
	webkit2gtk-driver xvfb xauth redis-server nginx caddy postgresql systemd

.DEFAULT_GOAL := help
.PHONY: help serve password check test test-long lint types format bench models pictures lock browsers clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1|/p' Makefile | awk -F'|' '{ printf "%-15s %s\n", $$1, $$2 }'

serve: $(VENV)/.ready ## serve the chat box at http://127.0.0.1:8000, or at PORT=8001
	@$(BIN)/faqbot serve $(if $(PORT),--port $(PORT)) $(ARGS)

password: $(VENV)/.ready ## set the password of the staff desk, which opens it at /staff
	@$(BIN)/faqbot staff-password

check: $(VENV)/.ready ## tell every problem in knowledge/
	@$(BIN)/faqbot check knowledge

test: $(VENV)/.ready-to-test browsers ## run the tests of every day; some of them with ARGS="-k word"
	@$(PYTEST) -m "not long" $(ARGS)

test-long: $(VENV)/.ready-to-test browsers ## run those that take long without telling more each day
	@$(PYTEST) -m "long or hypothesis" --hypothesis-profile=long $(ARGS)

lint: $(VENV)/.ready-to-test ## look for slips, and for code that is not formatted
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml faqbot

types: $(VENV)/.ready-to-test ## check the types, strictly
	$(BIN)/mypy

format: $(VENV)/.ready-to-test ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.ready-to-test ## measure how fast it answers, and how often right
	$(BIN)/python -m tests.benchmarks.speed
	$(BIN)/python -m tests.benchmarks.matching --questions knowledge/examples.jsonl

models: $(VENV)/.ready ## make the data that the product ships again (needs Debian)
	@$(PIP) install --no-deps --require-hashes -r models/requirements.lock
	$(BIN)/python -m models.lexicon
	$(BIN)/python -m models.vectors
	$(BIN)/python -m models.topics
	$(BIN)/python -m models.calibration
	$(BIN)/python -m models.danger

pictures: $(VENV)/.ready-to-test browsers ## take the pictures of docs/images again
	$(BIN)/python -m tests.browser.screenshots
	$(BIN)/python -m tests.browser.desk_screenshots

lock: ## pin the newest dependencies again (needs uv)
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --upgrade $(LOCK) \
		--group build pyproject.toml -o requirements.lock
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --upgrade $(LOCK) \
		--group build --group dev -c requirements.lock pyproject.toml -o tests/requirements.lock
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --upgrade $(LOCK) \
		--group models --no-deps -c requirements.lock -o models/requirements.lock
	$(BIN)/python -m tests.bill >/dev/null

# For every system, without the addresses of any index.
LOCK := --universal --python-version 3.11 --generate-hashes --no-annotate

clean: ## remove what was made here, the virtual environment too
	rm -rf $(VENV) build dist test-results .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Everything is pinned, hatchling too, which an isolated build would fetch unpinned.
$(VENV)/.ready: requirements.lock pyproject.toml $(VENV)/.made
	@echo "Installing what faqbot needs; this takes a minute, once."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-to-test: tests/requirements.lock $(VENV)/.ready
	@echo "Installing what the tests need."
	@$(PIP) install --require-hashes -r tests/requirements.lock
	@touch $@

# Debian parts venv from Python.
$(VENV)/.made:
	@python=; for name in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
		if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ] && $(CAN_APT); then $(APT) python3 python3-venv >/dev/null; python=python3; fi; \
	if [ -z "$$python" ]; then \
		echo "faqbot needs Python 3.11 or newer. Debian: sudo apt install python3 python3-venv;" \
			"macOS: brew install python" >&2; exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
		if $(CAN_APT); then $(APT) python3-venv >/dev/null; \
		else echo "Python's venv is missing: sudo apt install python3-venv" >&2; exit 1; fi; \
	fi; \
	"$$python" -m venv $(VENV) && touch $@

CAN_APT := [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null
# RUNLEVEL: the servers are for the tests, which start their own.
APT := export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1; apt-get -qq update && \
	apt-get -qq install -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 --no-install-recommends

# Where there are none of the system's, as on macOS, Playwright's own Chromium serves, and the tests
# with PostgreSQL, Redis, nginx or Caddy are left out.
browsers: $(VENV)/.ready-to-test
	@missing=; for name in $(BROWSERS) $(SERVERS); do \
		command -v $$name >/dev/null || missing="$$missing $$name"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if $(CAN_APT); then $(APT) $(TEST_PACKAGES) >/dev/null; exit $$?; fi; \
	case "$$(uname) $$missing" in \
		Darwin*) $(BIN)/playwright install chromium ;; \
		*) echo "The tests need browsers and servers: sudo apt install" \
			"$(TEST_PACKAGES)" >&2; exit 1 ;; \
	esac
