# Two commands matter: `make run` (the whole product on this machine) and `make test` (everything CI runs).
# Both need only python3 (3.11+) with venv, make and git; everything else comes into .venv and var/.
PYTHON ?= python3
SIZE ?= small
EXAMPLES ?= 300
LIVES ?= 200
DATA ?= ../shared/data
OUT ?= var/training/dqn.npz

PY := .venv/bin/python
BOOTSTRAP := $(PYTHON) evbooking/local/bootstrap.py
LOCAL := $(PY) -m evbooking.local --with-parent
TRAIN := $(PY) -m scheduler_rl.train --sites $(DATA)/hamburg/charging_sites.geojson \
	--sessions $(DATA)/hamburg/charging_processes_until_2020-02-25.csv --prices $(DATA)/smard/price_quantile_holdout.csv

.DEFAULT_GOAL := help
.PHONY: help run test lint types contract soak year bench screenshots demo-data eval train train-seeds lock clean runtime dev

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: runtime ## start everything with demo data (PORT=8000 LIVE_PORT=8001); Ctrl-C stops it
	@exec $(LOCAL) run

test: dev ## everything CI runs, from a clean checkout
	@exec $(LOCAL) exec -- $(PY) -m evbooking.local.checks

lint: dev ## ruff, formatting, import layers
	@exec $(PY) -m evbooking.local.checks ruff format layers

types: dev ## mypy --strict over everything
	@exec $(PY) -m evbooking.local.checks types

contract: dev ## the API against its document, at length: EXAMPLES=300 requests for each operation
	@CONTRACT_EXAMPLES=$(EXAMPLES) exec $(LOCAL) exec -- $(PY) -m pytest tests/contract -n $${TEST_WORKERS:-2}

soak: dev ## random lives of paid bookings with dying workers, at length: LIVES=200
	@EVB_MACHINE_EXAMPLES=$(LIVES) exec $(LOCAL) exec -- $(PY) -m pytest payments/tests/machine

year: dev ## the recommender's operation on a whole generated year: refit, training, promotion, roll-back
	@$(BOOTSTRAP) requirements/ml.txt
	@EVB_YEAR_DAYS=365 EVB_YEAR_STATIONS=20 exec $(LOCAL) exec -- $(PY) -m pytest scheduler_rl/tests/operation

bench: dev ## the benchmarks of benchmarks/ against the servers of var/
	@exec $(LOCAL) attach -- $(PY) -m benchmarks

screenshots: dev ## the README's pictures, taken from generated stations
	@exec $(LOCAL) exec -- env EVB_DEMO=1 $(PY) -m pytest -p no:randomly tests/browser/screenshots.py

demo-data: runtime ## generate a network: SIZE=small, city or country
	@exec $(LOCAL) attach -- $(PY) manage.py demo_data --size $(SIZE)

eval: ## prepare the evaluation of the recommender; ARGS="--sites ... --demand 2" runs it
	@$(BOOTSTRAP) requirements/eval.txt
	@if [ -n "$(ARGS)" ]; then exec $(PY) -m scheduler_rl.evaluate $(ARGS); fi

train: ## train the recommender's network on DATA=../shared/data into OUT=var/training/dqn.npz
	@$(BOOTSTRAP) requirements/ml.txt
	@exec nice $(TRAIN) --out $(OUT)

train-seeds: ## the same with five seeds, OUT-1 to OUT-5; finished ones are not done again
	@$(BOOTSTRAP) requirements/ml.txt
	@exec nice $(TRAIN) --out $(OUT) --seeds 1 2 3 4 5

lock: dev ## compile requirements/*.txt from pyproject.toml
	@$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --no-header --extra local \
		pyproject.toml --output-file requirements/runtime.txt
	@$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --no-header --extra local --group dev \
		--constraint requirements/runtime.txt pyproject.toml --output-file requirements/dev.txt
	@$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --no-header --group eval \
		--constraint requirements/dev.txt --output-file requirements/eval.txt
	@$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --no-header --extra ml \
		--constraint requirements/dev.txt pyproject.toml --output-file requirements/ml.txt

clean: ## delete var/ (databases, uploads, logs), .venv and caches
	@if [ -x $(PY) ]; then $(PY) -m evbooking.local clean; fi
	@rm -rf .venv staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

runtime:
	@$(BOOTSTRAP) requirements/runtime.txt

dev:
	@$(BOOTSTRAP) requirements/dev.txt
