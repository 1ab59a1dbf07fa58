.DEFAULT_GOAL := help
.PHONY: help setup test lint types run docs pictures build check

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## make .venv with all packages, tests included
	./dougong setup --dev

test: ## run the tests on both databases and in Chromium
	./dougong test

lint: setup ## ruff and the floors of the house
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/lint-imports --no-logo

types: setup ## mypy
	.venv/bin/mypy

run: ## serve on http://127.0.0.1:8000
	./dougong serve

docs: setup ## check that docs/ and the code agree
	.venv/bin/pytest -q tests/docs

pictures: setup ## take the pictures of docs/guide anew
	.venv/bin/python docs/guide/pictures.py

build: setup ## a wheel that carries the data, in dist/
	.venv/bin/pip wheel --quiet --no-deps --wheel-dir dist .

check: ## everything CI does
	bash .ci/run
