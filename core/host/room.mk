# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += core/libhost.a
core_libhost_a_SOURCES =
core_libhost_a_SOURCES += \
	core/host/breaker.c core/host/breaker.h core/host/cache.c core/host/cache.h \
	core/host/chain.c core/host/chain.h core/host/chain_crawl.c core/host/chain_embed.c \
	core/host/chain_impl.h core/host/chain_llm.c core/host/chain_probe.c \
	core/host/chain_run.c core/host/chain_search.c core/host/configure.c \
	core/host/descriptor.c core/host/descriptor.h core/host/fault.c core/host/find.c core/host/find.h \
	core/host/guard.c core/host/guard.h core/host/hook.c core/host/host.h \
	core/host/instance.c core/host/instance.h core/host/jail.c core/host/jail.h \
	core/host/ltdl.c core/host/ltdl.h core/host/options.c core/host/options.h \
	core/host/plugins.c core/host/plugins.h core/host/probe.c core/host/probe.h \
	core/host/repeat.c core/host/repeat.h core/host/roles.c core/host/roles.h \
	core/host/services.c core/host/services.h core/host/services_http.c \
	core/host/services_json.c core/host/vertical.c
core_libhost_a_SOURCES += core/host/agent.h \
	core/host/business.c core/host/directory.c core/host/hours.c core/host/hours.h core/host/hours_parse.c \
	core/host/stated.c core/host/tenant.c core/host/tenant.h
core_libhost_a_SOURCES += \
	core/host/template.c core/host/template.h \
	core/host/template_bind.c core/host/template_bind.h core/host/template_fields.c \
	core/host/template_match.c core/host/template_merge.c core/host/template_merge.h \
	core/host/template_rows.c core/host/template_rows.h

include tests/plugins/room.mk
if HAVE_CRITERION
check_PROGRAMS += tests/unit/unit_host
TESTS += tests/unit/unit_host
tests_unit_unit_host_SOURCES = \
	tests/unit/test_abi_1_0.c tests/unit/test_host_breaker.c tests/unit/test_host_cache.c \
	tests/unit/test_host_chain.c tests/unit/test_host_instance.c \
	tests/unit/test_host_refuse.c tests/unit/test_host_roles.c \
	tests/support/intask.c tests/support/intask.h \
	tests/support/plugins.c tests/support/plugins.h
tests_unit_unit_host_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_unit_unit_host_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_host_LDADD = core/libhost.a core/libstore.a core/libnet.a \
	core/libbase.a $(CRITERION_LIBS) $(EXTERNAL_LIBS)
endif

if HAVE_CRITERION
check_PROGRAMS += tests/unit/unit_template
TESTS += tests/unit/unit_template
tests_unit_unit_template_SOURCES = tests/unit/test_template.c
tests_unit_unit_template_CPPFLAGS = $(AM_CPPFLAGS)
tests_unit_unit_template_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_template_LDADD = core/libhost.a core/libstore.a core/libnet.a \
	core/libbase.a $(CRITERION_LIBS) $(EXTERNAL_LIBS)
endif

EXTRA_PROGRAMS += tests/bench/bench_plugin
tests_bench_bench_plugin_SOURCES = tests/bench/bench_plugin.c
tests_bench_bench_plugin_LDADD = core/libhost.a core/libstore.a core/libnet.a \
	core/libbase.a $(EXTERNAL_LIBS)
