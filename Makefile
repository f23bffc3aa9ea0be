# The commands of a checkout. What installs speaks on stderr and reads nothing, so that `make -s chat` can stand in a pipe.
# Written for GNU make 3.81 (macOS) and any POSIX shell.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help chat run test coverage bench feeds lint types audit lock clean

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
QUIETLY := </dev/null 1>&2

# Evaluated only where a virtual environment has to be made. PYTHON=/path/to/python names one.
PYTHONS = $(if $(PYTHON),'$(PYTHON)',python3 python3.14 python3.13 python3.12 python3.11)
FITS := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
FOUND = $(shell for p in $(PYTHONS); do "$$p" -c '$(FITS)' </dev/null >/dev/null 2>&1 && echo "$$p" && break; done)
NEEDED := newsbot needs Python 3.11 or newer with its venv module (Debian, Ubuntu: apt install python3-venv; macOS: brew install python)

CATALOGUES := $(wildcard bot/locales/*/LC_MESSAGES/*.po)

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

chat: .venv/.runtime .venv/.project ## the bot in this terminal, over the starter articles: no token, no server
	@exec $(BIN)/python -m bot chat $(ARGS)

run: .venv/.runtime .venv/.project ## the bot on Telegram; BOT_TOKEN in the environment or in .env
	@exec $(BIN)/python -m bot run $(ARGS)

test: .venv/.dev .venv/.project ## all tests, a file to each core; ARGS="tests/bot -k digest" chooses some
	@exec $(BIN)/python -m pytest $(if $(ARGS),$(ARGS),-n auto --dist loadfile)

# Apart from the tests: traced, in one process, they had not ended after ten minutes; untraced on two cores they take three.
coverage: .venv/.dev .venv/.project ## all tests with branch coverage, and its floor
	@exec $(BIN)/python -m pytest -n auto --dist loadfile --cov $(ARGS)

bench: .venv/.bench .venv/.project ## measurements of growth beside their peers, in about ten minutes; ARGS=full takes its time
	@exec $(BIN)/python -m tests.benchmarks.growth $(ARGS)

feeds: .venv/.dev ## fetch feedparser's own test feeds into build/, for the tests that read them
	@$(PIP) download --no-deps --no-binary feedparser -d build feedparser==6.0.14 $(QUIETLY)

lint: .venv/.dev .venv/.project ## style, format, the arrows between packages, declared dependencies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/deptry .

types: .venv/.dev .venv/.project ## mypy, strict
	@$(BIN)/mypy

audit: build/audit/bin/pip-audit ## whether what the lock files pin is known to be vulnerable; asks the package index
	@$(BIN)/python -m tests.audit build/audit/bin/pip-audit

# Universal: one file for every platform and Python. UV_FLAGS=--upgrade moves the pins; what exists is kept otherwise.
LOCK = build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(UV_FLAGS)
BUILD_REQUIRES := import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")

lock: $(BIN)/python ## write the four lock files anew from pyproject.toml
	@[ -x build/lock/bin/uv ] || { $(BIN)/python -m venv build/lock && build/lock/bin/pip install -qq uv==0.13.9; } $(QUIETLY)
	@$(BIN)/python -c '$(BUILD_REQUIRES)' | $(LOCK) - -o requirements-build.lock >/dev/null
	@$(LOCK) pyproject.toml -c requirements-build.lock -o requirements.lock >/dev/null
	@$(LOCK) pyproject.toml --group dev -c requirements-build.lock -c requirements.lock -o requirements-dev.lock >/dev/null
	@$(LOCK) pyproject.toml --group bench -c requirements-dev.lock -o requirements-bench.lock >/dev/null

clean: ## remove the environment, caches and what was built; a store stays
	@rm -rf .venv build dist .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find bot storage tests \( -name __pycache__ -o -name '*.mo' \) -prune -exec rm -rf {} +

build/audit/bin/pip-audit: $(BIN)/python
	@$(BIN)/python -m venv build/audit $(QUIETLY)
	@build/audit/bin/python -m pip --disable-pip-version-check --no-input -qq install pip-audit==2.10.1 $(QUIETLY)

# Stamps in one environment: whoever only chats does not wait for the tests' tools.
$(BIN)/python:
	$(if $(FOUND),,$(error $(NEEDED)))
	@echo 'Making a virtual environment in .venv …' >&2
	@'$(FOUND)' -m venv --clear .venv $(QUIETLY)

.venv/.runtime: $(BIN)/python requirements.lock requirements-build.lock
	@echo 'Installing what newsbot needs (once, about half a minute) …' >&2
	@$(PIP) install --require-hashes -r requirements.lock -r requirements-build.lock $(QUIETLY)
	@touch $@

.venv/.dev: $(BIN)/python requirements-dev.lock
	@echo 'Installing what the tests need (once, about a minute) …' >&2
	@$(PIP) install --require-hashes -r requirements-dev.lock $(QUIETLY)
	@touch $@

.venv/.bench: $(BIN)/python requirements-bench.lock
	@echo 'Installing what the benchmarks need (once, about a minute) …' >&2
	@$(PIP) install --require-hashes -r requirements-bench.lock -r requirements-build.lock $(QUIETLY)
	@touch $@

.venv/.project: $(BIN)/python pyproject.toml bot/locales/compile.py $(CATALOGUES)
	@$(PIP) install --no-build-isolation --no-deps --editable . $(QUIETLY)
	@touch $@
