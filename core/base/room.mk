# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += core/libbase.a
core_libbase_a_SOURCES = \
	core/base/array.h core/base/base64.c core/base/buf.c core/base/buf.h core/base/clock.c \
	core/base/clock.h core/base/crypto.c core/base/crypto.h core/base/ctx.c \
	core/base/ctx.h core/base/each.c core/base/fold.c core/base/holiday.c core/base/holiday.h core/base/json.c core/base/json.h core/base/log.c \
	core/base/log.h core/base/loop.c core/base/mem.c core/base/mem.h \
	core/base/metrics.c core/base/metrics.h core/base/offload.c core/base/paths.c core/base/paths.h \
	core/base/quote.c core/base/sched.h core/base/stack.c core/base/table.c core/base/table.h core/base/table_show.c \
	core/base/task.c core/base/task.h core/base/text.c core/base/text.h \
	core/base/utf8.c core/base/value.c core/base/value.h core/base/wait.c core/base/yaml.c core/base/yaml.h core/base/yaml_json.c core/base/zone.c core/base/zone.h

if HAVE_CRITERION
check_PROGRAMS += tests/unit/unit_base
TESTS += tests/unit/unit_base
tests_unit_unit_base_SOURCES = \
	tests/unit/test_contract.c tests/unit/test_holiday.c tests/unit/test_json.c tests/unit/test_log.c \
	tests/unit/test_mem.c tests/unit/test_metrics.c tests/unit/test_table.c tests/unit/test_task.c tests/unit/test_text.c tests/unit/test_yaml.c tests/unit/test_zone.c \
	tests/support/intask.c tests/support/intask.h
tests_unit_unit_base_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_unit_unit_base_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_base_LDADD = core/libbase.a $(CRITERION_LIBS) $(EXTERNAL_LIBS)
endif
