# Comparison with the peers: NEURON, BluePyOpt, eFEL and BluePyMM from PyPI.

PEERS_VENV ?= $(CURDIR)/.venv-peers
PEER_TESTS := $(sort $(wildcard tests/peers/*_peer.py))

.PHONY: check-peers
## check-peers  compare with NEURON, BluePyOpt, eFEL and BluePyMM (installs them first)
check-peers: all test-programs
	@scripts/peers-venv $(PEERS_VENV)
	@$(CHECK_ENV) PATH=$(PEERS_VENV)/bin:$$PATH scripts/run-tests -j 1 $(PEER_TESTS)
