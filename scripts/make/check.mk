# Tests and the checks that keep the tree in order.

.PHONY: check-unit
## check-unit   build and run the unit tests of $(ROOMS)
check-unit: $(TEST_BIN)
	@scripts/run-tests $(TEST_BIN)
