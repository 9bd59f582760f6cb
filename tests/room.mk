# SPDX-License-Identifier: Apache-2.0
#
# What belongs to no single room. Unit tests are listed in the rooms' own room.mk.
include tests/fuzz/room.mk
include tests/bench/room.mk

EXTRA_DIST += tests/support/intask.c tests/support/intask.h
# Sample websites with their questions.
EXTRA_DIST += tests/sites

checks = tests/unit/check-layers.sh tests/unit/check-sources.sh
SH_LOG_COMPILER = $(SHELL)
TESTS += $(checks)
EXTRA_DIST += $(checks)

# Whole folders, so that a new test is in the release without being named here.
EXTRA_DIST += tests/browser tests/eval tests/integration tests/package.json \
	tests/package-lock.json tests/support tests/verticals
