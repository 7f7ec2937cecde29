# mecombo: build, check, demo. `make help` lists the targets.
#
# Everything that is built goes to $(BUILD) (ignored by git). Variables of interest:
#   MODE=release|debug|asan   kind of build (asan: AddressSanitizer and UBSan)
#   CC=gcc|clang              compiler          BUILD=DIR   where to build
#   ROOMS="base io ..."       build only these rooms of src/ (and their tests)
#   DEVELOPER=0               warnings are no errors       V=1   show commands

MODE ?= release
BUILD ?= build
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
DEVELOPER ?= 1
V ?= 0
PREFIX ?= /usr/local
PYTHON ?= python3

ALL_ROOMS := base io morphology nmodl emodel mechanism cell efeature pool evaluate \
	report campaign cli
ROOMS ?= $(ALL_ROOMS)
OUT := $(BUILD)/$(MODE)

.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
Q := $(if $(filter 0,$(V)),@,)

include scripts/make/config.mk
include scripts/make/build.mk
include scripts/make/fuzz.mk
include scripts/make/check.mk
include scripts/make/peers.mk
include scripts/make/bench.mk
include scripts/make/demo.mk
include scripts/make/install.mk

.PHONY: all help clean
all: $(if $(filter release,$(MODE)),$(BUILD)/mecombo,$(OUT)/mecombo)

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

clean:
	rm -rf $(BUILD)
