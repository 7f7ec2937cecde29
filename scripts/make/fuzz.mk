# Fuzz targets. Always compiled: with tests/fuzz/replay.c each is a test that runs its
# corpus. `make fuzz FUZZ=json` runs one with libFuzzer, which needs clang.

# The targets tests/fuzz/fuzz_<name>.c of each room.
FUZZ_io := json yaml xml regex
FUZZ_morphology := asc swc morph_h5
FUZZ_nmodl := nmodl
FUZZ_emodel := emodel expression

FUZZ ?= $(foreach r,$(ROOMS),$(FUZZ_$(r)))
FUZZ_SECONDS ?= 60
FUZZ_BIN := $(FUZZ:%=$(OUT)/tests/fuzz/fuzz_%)
FUZZ_MAIN := $(if $(filter fuzz,$(MODE)),-fsanitize=fuzzer,tests/fuzz/replay.c)
TEST_BIN += $(FUZZ_BIN)

$(OUT)/tests/fuzz/fuzz_%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c tests/fuzz/fuzz.h \
		$(OUT)/libmecombo.a
	@mkdir -p $(@D)
	@echo "  FUZZ  $<"
	$(Q)$(CC) $(COMMON_FLAGS) $(PKG_CFLAGS) -o $@ $< $(FUZZ_MAIN) $(OUT)/libmecombo.a $(LIBS)

.PHONY: fuzz run-fuzz
## fuzz         run the fuzz targets of $(ROOMS), or FUZZ="json xml", FUZZ_SECONDS each
fuzz:
	@+$(MAKE) --no-print-directory MODE=fuzz CC=clang BUILD=$(BUILD)/clang FUZZ="$(FUZZ)" run-fuzz

# New inputs go to the build folder; a crash leaves its input there and ends the run.
run-fuzz: $(FUZZ_BIN)
	@set -e; for name in $(FUZZ); do \
		mkdir -p $(OUT)/corpus/$$name; \
		echo "== fuzz_$$name, $(FUZZ_SECONDS) s"; \
		$(OUT)/tests/fuzz/fuzz_$$name -max_total_time=$(FUZZ_SECONDS) -timeout=10 \
			-max_len=20000 -verbosity=0 -print_final_stats=1 \
			-artifact_prefix=$(OUT)/corpus/$$name- \
			$(OUT)/corpus/$$name tests/fuzz/corpus/$$name; \
	done
