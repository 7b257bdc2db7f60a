# What a person types. Everything below Maven is in pom.xml; JDK and Debian packages are found by config/.
.DEFAULT_GOAL := help
.PHONY: help build install deb demo demo-vm demo-ec2 test test-long bench bench-quick bench-migration bench-scale bench-share bench-soak bench-micro docs format clean
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

MVN = . config/jdk25.sh; export JAVA_HOME="$$(find_jdk25)"; exec mvn -B -ntp

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build everything, with every check but the tests
	@config/prerequisites.sh build
	@$(MVN) verify -DskipTests -DskipITs

install: ## Install the command and the systemd units (DESTDIR=/some/folder for a package)
	@bin/wire --build
	@DESTDIR='$(DESTDIR)' packaging/install.sh

deb: ## Make a Debian package with a Java runtime of its own: target/deb/virtualwire_VERSION_amd64.deb
	@config/prerequisites.sh build
	@bin/wire --build
	@packaging/deb.sh

demo: ## Two clouds on this machine, and a switch that moves between them (KEEP=1 leaves it up)
	@config/prerequisites.sh demo
	@bin/wire --build
	@examples/02-two-clouds/run.sh

demo-vm: ## A virtual machine moved live between two clouds on this machine, with its network (KEEP=1 leaves it up)
	@config/prerequisites.sh demo-vm
	@bin/wire --build
	@examples/04-live-migration/run.sh

demo-ec2: ## A host launched in a stand-in for EC2, a wire, a VM and its switch moved there and back; nothing is left
	@config/prerequisites.sh demo-ec2
	@bin/wire --build
	@packaging/deb.sh
	@$(MVN) -q -Pquick -pl cloud-adapters/ec2-stand-in -am compile
	@examples/05-ec2/run.sh

test: ## Every test: units, contracts, namespaces, processes, model, examples (at most 12 minutes)
	@config/prerequisites.sh test
	@config/test.sh

test-long: ## The same with more seeds, more fuzz, all that may happen to two clouds, and a Debian guest that boots with our user data
	@config/prerequisites.sh test test-long
	@config/test.sh -Dwire.long=true -Dwire.test.compiler=

bench: ## Wires against every other way to join two hosts, in one run (20 minutes, on a quiet machine)
	@config/prerequisites.sh bench
	@bin/wire --build
	@SYSTEMS='underlay vxlan wire-plain wire-sealed wire-switch vxlan-bridge wire-kernel ovs vde vxvde nebula fastd wireguard-go tinc openvpn n2n' ROUNDS=5 benchmarks/compare.sh
	@benchmarks/start.sh
	@$(MVN) -q -Pquick -pl wire-testkit -am compile
	@benchmarks/loss.sh

bench-quick: ## The same against the fastest few (8 minutes)
	@config/prerequisites.sh bench-quick
	@bin/wire --build
	@SYSTEMS='underlay vxlan wire-plain wire-sealed wire-switch vxlan-bridge wire-kernel ovs vde nebula fastd' ROUNDS=3 benchmarks/compare.sh

bench-migration: ## Live migrations over wires and over kernel VXLAN, near and across a slow line, in one run (12 minutes)
	@config/prerequisites.sh bench-migration
	@bin/wire --build
	@$(MVN) -q -Pquick -pl wire-testkit -am compile
	@benchmarks/migration.sh

bench-scale: ## Ten thousand wires on one connector (7 minutes)
	@config/prerequisites.sh bench-scale
	@bin/wire --build
	@$(MVN) -q -Pquick -pl benchmarks -am compile
	@benchmarks/scale.sh

bench-share: ## Wires beside each other on one connector: fairness, both cores, and an idle one beside a busy one (8 minutes)
	@config/prerequisites.sh bench-share
	@bin/wire --build
	@benchmarks/share.sh

bench-soak: ## TCP for a minute each through a plain and a sealed wire, and what the collectors did (4 minutes)
	@config/prerequisites.sh bench-soak
	@bin/wire --build
	@benchmarks/soak.sh

bench-micro: ## The parts alone, by JMH: addresses, floods, sealing, and what they allocate (5 minutes)
	@config/prerequisites.sh build
	@$(MVN) -q -Pquick -pl benchmarks -am compile
	@benchmarks/micro.sh

docs: ## Write docs/cli from what the commands say of themselves
	@config/prerequisites.sh build
	@$(MVN) -q -Pquick -pl wire-cli -am test -Dtest=DocumentsTest -Dsurefire.failIfNoSpecifiedTests=false -Dwire.docs=write

format: ## Format the Java sources
	@config/prerequisites.sh build
	@$(MVN) -q spotless:apply

clean: ## Remove what was built
	@config/prerequisites.sh build
	@$(MVN) -q clean
	@rm -rf target
