# Set-up, demonstration and checks. `make` alone explains the targets.

PYTHON ?= python3
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK := uv pip compile --universal --fork-strategy fewest --python-version 3.11 \
	--only-binary :all: --generate-hashes --no-header --no-annotate --no-strip-extras

.PHONY: help demo test lab lab-short bench lock system-run system-test system-lab
.NOTPARALLEL:

help:
	@echo 'make demo    a whole procedure on the simulators, unattended; works without a screen'
	@echo 'make test    style, types, import rules, tests and coverage'
	@echo 'make lab     a real video device of the kernel in qemu: an hour; lab-short: some minutes'
	@echo 'make bench   every benchmark but the soak, which takes an hour, the needle in short; JSON'
	@echo 'make lock    pin the newest versions again (needs uv); then run make test'
	@echo
	@echo 'Each installs what is missing first. Then $(BIN)/guidance opens the application.'

demo: system-run .venv/runtime-installed
	$(BIN)/guidance demo

test: system-test .venv/tests-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=json:.coverage.json
	@$(BIN)/python .ci/check_coverage.py .coverage.json

lab: system-lab .venv/runtime-installed
	$(BIN)/python -m lab full

# 77 says that the lab cannot run on this machine; why has been printed.
lab-short: .venv/runtime-installed
	@.ci/system-packages lab $(PYTHON) || true
	$(BIN)/python -m lab short || test $$? -eq 77

bench: system-run .venv/bench-installed
	@for benchmark in capture_isolation dataset frame_to_paint knowledge needle_live record records score sector_scale seek startup truth ultrasound_sim; do \
		$(BIN)/python benchmarks/$$benchmark.py || exit 1; done
	@$(BIN)/python benchmarks/needle.py --quick

lock:
	$(LOCK) --upgrade --group build --output-file requirements.txt pyproject.toml
	$(LOCK) --upgrade --group test --constraint requirements.txt \
		--output-file requirements-test.txt
	$(LOCK) --upgrade --group bench --constraint requirements.txt \
		--output-file requirements-bench.txt

system-run:
	@.ci/system-packages run $(PYTHON)

system-lab:
	@.ci/system-packages lab $(PYTHON)

system-test:
	@.ci/system-packages test $(PYTHON)

.venv/bin/python:
	$(PYTHON) -m venv --clear .venv

.venv/runtime-installed: requirements.txt pyproject.toml .venv/bin/python
	@echo 'Installing the Python packages into .venv (about a minute) ...'
	@$(PIP_INSTALL) --only-binary :all: --require-hashes -r requirements.txt
	@$(PIP_INSTALL) --no-build-isolation --no-deps --editable .
	@touch $@

.venv/tests-installed: requirements-test.txt .venv/runtime-installed
	@echo 'Installing the test tools into .venv ...'
	@$(PIP_INSTALL) --only-binary :all: --require-hashes -r requirements-test.txt
	@touch $@

.venv/bench-installed: requirements-bench.txt .venv/runtime-installed
	@echo 'Installing what benchmarks compare with into .venv ...'
	@$(PIP_INSTALL) --only-binary :all: --require-hashes -r requirements-bench.txt
	@touch $@
