# hot.c is compiled once more for each instruction set; the host picks at run time.

CFLAGS_hot.c := -O3
GENERATED_OBJ += $(OUT)/src/cell/hot_avx2.o $(OUT)/src/cell/hot_avx512.o

$(OUT)/src/cell/hot_avx2.o: HOT_FLAGS := $(AVX2_FLAGS) -DCELL_HOT_TABLE=cell_hot_avx2
$(OUT)/src/cell/hot_avx512.o: HOT_FLAGS := $(AVX512_FLAGS) \
	-DCELL_HOT_TABLE=cell_hot_avx512

$(OUT)/src/cell/hot_avx2.o $(OUT)/src/cell/hot_avx512.o: src/cell/hot.c
	@mkdir -p $(@D)
	@echo "  CC    $< ($(@F))"
	$(Q)$(CC) $(COMMON_FLAGS) -O3 $(HOT_FLAGS) -MMD -MP -c -o $@ $<
