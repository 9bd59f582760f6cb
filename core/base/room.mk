noinst_LIBRARIES += core/libbase.a
core_libbase_a_SOURCES = \
	core/base/array.h core/base/buf.h core/base/clock.h core/base/crypto.h core/base/json.h \
	core/base/log.h core/base/metrics.h core/base/table.h core/base/task.h \
	core/base/paths.c core/base/paths.h core/base/text.h core/base/yaml.h core/base/zone.h

if HAVE_CRITERION
check_PROGRAMS += tests/unit/unit_base
TESTS += tests/unit/unit_base
tests_unit_unit_base_SOURCES = tests/unit/test_smoke.c
tests_unit_unit_base_CPPFLAGS = $(AM_CPPFLAGS)
tests_unit_unit_base_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_base_LDADD = core/libbase.a $(CRITERION_LIBS) $(EXTERNAL_LIBS)
endif
