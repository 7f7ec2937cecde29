# The texts that every compiled mechanism begins with, as C arrays of lines.

NMODL_TEXT_NAMES := scalar vector lent power tail explicit linear newton table \
	function_table verbatim scop random hoc_types hoc kinetic
NMODL_GEN := $(OUT)/src/nmodl/runtime_text.c

$(NMODL_GEN): src/nmodl/embed.sh include/mecombo/mechanism_abi.h \
		$(NMODL_TEXT_NAMES:%=src/nmodl/runtime/%.h)
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)src/nmodl/embed.sh abi include/mecombo/mechanism_abi.h \
		$(foreach name,$(NMODL_TEXT_NAMES),$(name) src/nmodl/runtime/$(name).h) >$@

$(OUT)/src/nmodl/runtime_text.o: $(NMODL_GEN)
	$(Q)$(CC) $(COMMON_FLAGS) -c -o $@ $<

GENERATED_OBJ += $(OUT)/src/nmodl/runtime_text.o
