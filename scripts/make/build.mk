# Objects, the library, the program and the test programs.

LIB_ROOMS := $(filter-out cli,$(ROOMS))
LIB_SRC := $(sort $(wildcard $(LIB_ROOMS:%=src/%/*.c)))
CLI_SRC := $(sort $(wildcard src/cli/*.c))
TEST_SRC := $(sort $(foreach r,$(ROOMS),$(wildcard tests/unit/$(r)/test_*.c)))

LIB_OBJ = $(LIB_SRC:%.c=$(OUT)/%.o) $(GENERATED_OBJ)
CLI_OBJ := $(CLI_SRC:%.c=$(OUT)/%.o)
TEST_BIN := $(TEST_SRC:%.c=$(OUT)/%)

# A room that must generate sources first has its own fragment, which sets GENERATED_OBJ.
-include $(sort $(wildcard $(LIB_ROOMS:%=src/%/room.mk)))

## all          build $(BUILD)/mecombo (default), a link to the release build
$(BUILD)/mecombo: $(OUT)/mecombo
	@ln -sfn $(MODE)/mecombo $@

$(OUT)/mecombo: $(CLI_OBJ) $(OUT)/libmecombo.a
	@echo "  LINK  $@"
	$(Q)$(CC) $(COMMON_FLAGS) -rdynamic -o $@ $^ $(LIBS)

$(OUT)/libmecombo.a: $(LIB_OBJ)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(OUT)/src/%.o: src/%.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(COMMON_FLAGS) $(CFLAGS_$(<F)) $(PKG_CFLAGS) \
		-MMD -MP -c -o $@ $<

$(OUT)/tests/%: tests/%.c $(OUT)/libmecombo.a
	@mkdir -p $(@D)
	@echo "  TEST  $<"
	$(Q)$(CC) $(COMMON_FLAGS) $(PKG_CFLAGS) -Itests -MMD -MP -o $@ $< $(OUT)/libmecombo.a $(LIBS)

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(TEST_BIN:=.d)
