# Compiler flags and libraries.

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wmissing-prototypes \
	-Wstrict-prototypes -Wvla -Wundef -Wformat=2
ifneq ($(DEVELOPER),0)
WARNINGS += -Werror
endif

# No contraction: results must not depend on whether the compiler fuses a*b+c.
FLAGS_release := -O2 -g
FLAGS_debug := -Og -g -DMEC_DEBUG
FLAGS_asan := -O1 -g -DMEC_DEBUG -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_fuzz := $(FLAGS_asan) -fsanitize=fuzzer-no-link
FLAGS := $(FLAGS_$(MODE))

ifeq ($(FLAGS),)
$(error MODE=$(MODE) is unknown: use release, debug, asan or (clang only) fuzz)
endif

# One pkg-config module per third-party library, and the rooms that may use it.
PACKAGES := sqlite3 libcjson libxml-2.0 libpcre2-8 yaml-0.1 cairo hdf5 ompi-c
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(patsubst -I%,-isystem %,$$(shell pkg-config --cflags $(PACKAGES))))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PACKAGES)))$(PKG_LIBS)

VERSION := $(shell cat scripts/version)
COMMON_FLAGS := -std=c17 -D_GNU_SOURCE -ffp-contract=off -fno-common $(WARNINGS) $(FLAGS) \
	-Iinclude -DMEC_VERSION='"$(VERSION)"'
# Loops that are compiled once more for what an x86-64 may have beyond the baseline; on other
# machines the copies are plain.
X86_64 := $(findstring x86_64,$(shell $(CC) -dumpmachine))
AVX2_FLAGS := $(if $(X86_64),-march=x86-64-v3)
AVX512_FLAGS := $(if $(X86_64),-march=x86-64-v4 -mprefer-vector-width=512)
LIBS = $(PKG_LIBS) -lm -ldl -lpthread
