# SPDX-License-Identifier: Apache-2.0
#
# Measurements, built on demand: `make tests/bench/bench_task && tests/bench/bench_task`.
EXTRA_DIST += tests/bench/bench_start.mjs
EXTRA_PROGRAMS += tests/bench/bench_task
tests_bench_bench_task_SOURCES = tests/bench/bench_task.c
tests_bench_bench_task_LDADD = core/libbase.a $(EXTERNAL_LIBS)
