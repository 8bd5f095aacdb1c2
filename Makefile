# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
# make up · make test · make down: ops/ does the work, docs/operate.md explains it.
OPS = @ops/run
PARTS = lint types unit front engine formats oracles ops integration archive browser acceptance

.PHONY: help dev up set-up down reset status logs token url invenio worker-image test docs bench lint types $(PARTS:%=test-%)

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

up: ## bring the portal up; nothing else is needed before
	$(OPS) up

set-up: ## the same, and look at database, indices and fixtures again
	$(OPS) --set-up up

down: ## stop everything that `make up` started
	$(OPS) down

reset: ## remove all records, users and files (asks; YES=1 does not)
	$(OPS) $(if $(YES),--yes) reset

status: ## each program: port, version, health, memory
	$(OPS) status

logs: ## follow the logs; ONLY=web,worker chooses
	$(OPS) logs $(subst $(comma), ,$(ONLY))

token: ## print a token of the administrator
	$(OPS) token

url: ## print the portal's base URL
	$(OPS) url

invenio: ## run an invenio command, as in make invenio ARGS="shell"
	$(OPS) run invenio '$(ARGS)'

worker-image: ## build the images that models run in, where they run in containers
	$(OPS) worker-image

dev: ## make an environment with all packages editable; no services
	$(OPS) dev

test: ## install what is needed and run all tests, beside a running portal
	$(OPS) test

# ARGS are pytest's: make test-unit ARGS="-k patchset"
$(PARTS:%=test-%): test-%:
	$(OPS) --args='$(ARGS)' test $*

lint types: ## one part of the tests; the others: make test-PART
	$(OPS) test $@

docs: ## build the documentation
	$(OPS) test docs

bench: ## run the benchmarks
	$(OPS) test bench

comma := ,
