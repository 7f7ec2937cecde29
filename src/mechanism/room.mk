# The built-in mechanisms: made from .mod text by our own compiler, then compiled.

BUILTIN_NAMES := pas hh agreement
BUILTIN_OBJ := $(BUILTIN_NAMES:%=$(OUT)/src/mechanism/builtin/%.o)
NMODLC := $(OUT)/src/mechanism/nmodlc
NMODLC_OBJ := $(patsubst %.c,$(OUT)/%.o,$(sort $(wildcard src/base/*.c src/nmodl/*.c))) \
	$(OUT)/src/nmodl/runtime_text.o

$(NMODLC): src/mechanism/builtin/nmodlc.c $(NMODLC_OBJ)
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CC) $(COMMON_FLAGS) -o $@ $^ -lm -lpthread

$(OUT)/src/mechanism/builtin/%.c: src/mechanism/builtin/%.mod $(NMODLC)
	@mkdir -p $(@D)
	@echo "  NMODL $<"
	$(Q)$(NMODLC) $< $@

# The same flags as src/mechanism/compiler.c gives to users' mechanisms.
$(OUT)/src/mechanism/builtin/%.o: $(OUT)/src/mechanism/builtin/%.c
	@echo "  CC    $<"
	$(Q)$(CC) -std=gnu17 -O2 -fPIC -w -ffp-contract=off -fno-math-errno \
		-fno-trapping-math -DMEC_ENTRY=mec_builtin_$* -c -o $@ $<

$(OUT)/src/mechanism/lent.c: $(NMODLC)
	@echo "  GEN   $@"
	$(Q)$(NMODLC) --lent $@

$(OUT)/src/mechanism/lent.o: $(OUT)/src/mechanism/lent.c
	@echo "  CC    $<"
	$(Q)$(CC) -std=gnu17 -O2 -fPIC -w -ffp-contract=off -fno-math-errno \
		-fno-trapping-math -c -o $@ $<

GENERATED_OBJ += $(OUT)/src/mechanism/lent.o
.SECONDARY: $(OUT)/src/mechanism/lent.c $(BUILTIN_NAMES:%=$(OUT)/src/mechanism/builtin/%.c)
GENERATED_OBJ += $(BUILTIN_OBJ)
