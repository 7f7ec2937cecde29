# Speed, as ratios against the peers on this machine in this run.

BENCH_SRC := $(sort $(wildcard tests/bench/bench_*.c))
BENCH_BIN := $(BENCH_SRC:%.c=$(OUT)/%)

.PHONY: bench
## bench        time mecombo beside NEURON, eFEL and BluePyMM (installs them first);
##              RELEASE=DIR, a clone of SSCxEModelExamples, adds one of its combinations
##              and times its mechanisms instead of the example's
bench: all test-programs $(BENCH_BIN)
	@scripts/peers-venv $(PEERS_VENV)
	@$(CHECK_ENV) export PATH=$(PEERS_VENV)/bin:$$PATH && \
		tests/bench/simple1_bench $(BUILD)/mecombo && \
		tests/bench/kernel_bench.py $(if $(RELEASE),--mechanisms $(RELEASE)/optimization/opt_module/mechanisms) && \
		tests/bench/cell_bench.py && \
		tests/bench/efeature_bench.py $(OUT)/tests/bench/bench_efeature && \
		$(if $(RELEASE),tests/bench/combination_bench.py $(BUILD)/mecombo $(RELEASE),true)

.PHONY: bench-scale
## bench-scale  rank 0 with 8 real and 10,000 simulated ranks; efficiency on 1 to 64 ranks
bench-scale: all test-programs $(BENCH_BIN)
	@$(CHECK_ENV) mpirun -n 8 $(OUT)/tests/bench/bench_rank0 100000 $(OUT)/bench >/dev/null
	@$(OUT)/tests/bench/bench_ranks 10000 4 100000 $(OUT)/bench >/dev/null
	@$(OUT)/tests/bench/bench_ranks 10000 1 100000 $(OUT)/bench >/dev/null
	@rm -rf $(OUT)/bench
	@tests/bench/scaling_bench $(BUILD)
