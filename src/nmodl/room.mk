# The texts that every compiled mechanism begins with, as C arrays of lines.

NMODL_TEXTS := include/mecombo/mechanism_abi.h src/nmodl/runtime/scalar.h \
	src/nmodl/runtime/vector.h src/nmodl/runtime/newton.h src/nmodl/runtime/table.h \
	src/nmodl/runtime/explicit.h src/nmodl/runtime/linear.h \
	src/nmodl/runtime/function_table.h src/nmodl/runtime/hoc.h \
	src/nmodl/runtime/verbatim.h src/nmodl/runtime/scop.h src/nmodl/runtime/kinetic.h
NMODL_GEN := $(OUT)/src/nmodl/runtime_text.c

$(NMODL_GEN): src/nmodl/embed.sh $(NMODL_TEXTS)
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)src/nmodl/embed.sh abi include/mecombo/mechanism_abi.h \
		scalar src/nmodl/runtime/scalar.h vector src/nmodl/runtime/vector.h \
		explicit src/nmodl/runtime/explicit.h linear src/nmodl/runtime/linear.h \
		function_table src/nmodl/runtime/function_table.h \
		newton src/nmodl/runtime/newton.h table src/nmodl/runtime/table.h \
		verbatim src/nmodl/runtime/verbatim.h scop src/nmodl/runtime/scop.h \
		hoc src/nmodl/runtime/hoc.h \
		kinetic src/nmodl/runtime/kinetic.h >$@

$(OUT)/src/nmodl/runtime_text.o: $(NMODL_GEN)
	$(Q)$(CC) $(COMMON_FLAGS) -c -o $@ $<

GENERATED_OBJ += $(OUT)/src/nmodl/runtime_text.o
