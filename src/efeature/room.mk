CFLAGS_level.c := -O3
CFLAGS_numeric.c := -O3

# fit_loops.c is compiled once more for each instruction set; the host picks at run time.
CFLAGS_fit_loops.c := -O3
GENERATED_OBJ += $(OUT)/src/efeature/fit_loops_avx2.o $(OUT)/src/efeature/fit_loops_avx512.o

$(OUT)/src/efeature/fit_loops_avx2.o: FIT_FLAGS := $(AVX2_FLAGS) \
	-DFIT_LOOPS_TABLE=fit_loops_avx2
$(OUT)/src/efeature/fit_loops_avx512.o: FIT_FLAGS := $(AVX512_FLAGS) \
	-DFIT_LOOPS_TABLE=fit_loops_avx512

$(OUT)/src/efeature/fit_loops_avx2.o $(OUT)/src/efeature/fit_loops_avx512.o: \
		src/efeature/fit_loops.c
	@mkdir -p $(@D)
	@echo "  CC    $< ($(@F))"
	$(Q)$(CC) $(COMMON_FLAGS) -O3 $(FIT_FLAGS) -MMD -MP -c -o $@ $<
