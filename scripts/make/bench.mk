# Speed, as ratios against the peers on this machine in this run.

BENCH_SRC := $(sort $(wildcard tests/bench/bench_*.c))
BENCH_BIN := $(BENCH_SRC:%.c=$(OUT)/%)

.PHONY: bench
## bench        time mecombo beside NEURON, eFEL and BluePyMM (installs them first);
##              RELEASE=DIR, a clone of SSCxEModelExamples, adds one of its combinations
bench: all test-programs $(BENCH_BIN)
	@scripts/peers-venv $(PEERS_VENV)
	@$(CHECK_ENV) export PATH=$(PEERS_VENV)/bin:$$PATH && \
		tests/bench/simple1_bench $(BUILD)/mecombo && \
		tests/bench/cell_bench.py && \
		tests/bench/efeature_bench.py $(OUT)/tests/bench/bench_efeature && \
		$(if $(RELEASE),tests/bench/combination_bench.py $(BUILD)/mecombo $(RELEASE),true)
