# Tests and the checks that keep the tree in order.

CLI_TESTS := $(sort $(wildcard tests/cli/*.sh))
MPI_TESTS := $(sort $(wildcard tests/mpi/*.sh))
FAULT_TESTS := $(sort $(wildcard tests/fault/*.sh))
SLURM_TESTS := $(sort $(wildcard tests/slurm/*.sh))
TREE_TESTS := $(sort $(wildcard tests/tree/*.sh))
SANITIZED_TESTS := $(sort $(wildcard tests/sanitized/*.sh))
ASAN_BIN := $(TEST_BIN:$(OUT)/%=$(BUILD)/asan/%)
CLANG_BIN := $(TEST_BIN:$(OUT)/%=$(BUILD)/clang/release/%)
JOBS ?= $(shell nproc)
CHECK_ENV = export MECOMBO=$(abspath $(BUILD)/mecombo) BUILD=$(abspath $(BUILD)) && . scripts/mpi-env &&

.PHONY: deps check check-unit check-mpi check-cli check-faults check-slurm check-tree \
	check-layers check-headers check-docs check-sizes check-format asan format tidy \
	test-programs
## deps         install missing Debian/Ubuntu packages
deps:
	@scripts/install-deps

test-programs: $(TEST_BIN)

## check        install what is missing, build with gcc, clang and sanitizers, test all
check: deps
	@+$(MAKE) -j$(JOBS) --no-print-directory all test-programs
	@+$(MAKE) -j$(JOBS) --no-print-directory MODE=asan all test-programs
	@+$(MAKE) -j$(JOBS) --no-print-directory CC=clang BUILD=$(BUILD)/clang all test-programs
	@$(CHECK_ENV) scripts/run-tests $(TREE_TESTS) $(TEST_BIN) $(ASAN_BIN) $(CLANG_BIN) \
		$(MPI_TESTS) $(SLURM_TESTS) $(CLI_TESTS) $(FAULT_TESTS) $(SANITIZED_TESTS)

## check-unit   build and run the unit tests of $(ROOMS)
check-unit: $(TEST_BIN)
	@scripts/run-tests $(TEST_BIN)

## check-mpi    the tests that start mpirun
check-mpi: all test-programs
	@$(CHECK_ENV) scripts/run-tests -j 1 $(MPI_TESTS)

## check-cli    the tests that run the program as a user would
check-cli: all
	@$(CHECK_ENV) scripts/run-tests -j 1 $(CLI_TESTS)

## check-faults writes, syncs, allocations, SQLite calls that fail; a shared file system
check-faults: all
	@$(CHECK_ENV) scripts/run-tests -j 1 $(FAULT_TESTS)

## check-slurm  the batch script on a real Slurm of three virtual nodes (root)
check-slurm: all
	@$(CHECK_ENV) scripts/run-tests -j 1 $(SLURM_TESTS)

## check-tree   layers, headers, docs, sizes, format, shellcheck
check-tree:
	@scripts/run-tests $(TREE_TESTS)

check-layers check-headers check-docs check-sizes check-format:
	@scripts/$@

## asan         build with AddressSanitizer and UBSan and run the unit tests
asan:
	@+$(MAKE) --no-print-directory MODE=asan all check-unit

## format       rewrite the C files with clang-format
format:
	clang-format -i $$(git ls-files 'src/*.[ch]' 'include/*.h' 'tests/*.[ch]')

## tidy         clang-tidy over src (slow)
tidy:
	clang-tidy --quiet --config-file=scripts/style/clang-tidy $(LIB_SRC) $(CLI_SRC) -- \
		-std=c17 -D_GNU_SOURCE -DMEC_VERSION='"tidy"' -Iinclude $(PKG_CFLAGS)
