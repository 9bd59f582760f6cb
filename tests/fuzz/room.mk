# SPDX-License-Identifier: Apache-2.0
#
# Fuzz targets. In every build `make check` runs each target over its corpus; a build
# with `configure --enable-fuzzing CC=clang` links them with libFuzzer instead:
#
#     make tests/fuzz/fuzz_yaml && tests/fuzz/fuzz_yaml -max_total_time=60 \
#         /tmp/new ../../tests/fuzz/corpus/yaml
#
# tests/fuzz/run SECONDS does both for all of them.
#
# To add a target X, write tests/fuzz/fuzz_X.c with LLVMFuzzerTestOneInput(), put seeds
# into tests/fuzz/corpus/X/ (at least one file), and add two lines, here or in the
# room's own room.mk:
#
#     fuzz_programs += tests/fuzz/fuzz_X
#     tests_fuzz_fuzz_X_SOURCES = tests/fuzz/fuzz_X.c $(fuzz_main)
#
# It is linked with all rooms; a tests_fuzz_fuzz_X_LDADD ending in $(fuzz_link) narrows
# that down. What a target finds goes into its corpus when it is fixed.
LDADD = $(ROOM_LIBS) $(fuzz_link)
fuzz_link = $(EXTERNAL_LIBS) $(FUZZ_ENGINE)
if FUZZING
fuzz_main =
else
fuzz_main = tests/fuzz/replay.c
endif
EXTRA_DIST += tests/fuzz/replay.c tests/fuzz/replay.sh tests/fuzz/run tests/fuzz/corpus
.PHONY: fuzz-targets
fuzz-targets: $(fuzz_programs)
check_PROGRAMS += $(fuzz_programs)
TESTS += $(fuzz_programs)

fuzz_programs += tests/fuzz/fuzz_json tests/fuzz/fuzz_utf8 tests/fuzz/fuzz_yaml
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(fuzz_main)
tests_fuzz_fuzz_json_LDADD = core/libbase.a $(fuzz_link)
tests_fuzz_fuzz_utf8_SOURCES = tests/fuzz/fuzz_utf8.c $(fuzz_main)
tests_fuzz_fuzz_utf8_LDADD = core/libbase.a $(fuzz_link)
tests_fuzz_fuzz_yaml_SOURCES = tests/fuzz/fuzz_yaml.c $(fuzz_main)
tests_fuzz_fuzz_yaml_LDADD = core/libbase.a $(fuzz_link)
