# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += core/libcli.a
core_libcli_a_SOURCES = \
	core/cli/app.c core/cli/app.h core/cli/app_tenants.c core/cli/cmd.h \
	core/cli/cmd_check.c core/cli/cmd_serve.c core/cli/cmd_talk.c core/cli/cmd_tenant.c \
	core/cli/cmd_scenario.c core/cli/cmd_try.c core/cli/scenario.h core/cli/scenario_expect.c core/cli/scenario_impl.h core/cli/scenario_parse.c core/cli/scenario_run.c core/cli/report.c core/cli/report.h core/cli/site.c core/cli/site.h core/cli/config.c \
	core/cli/config.h core/cli/flags.c core/cli/flags.h core/cli/supervisor.c \
	core/cli/supervisor.h core/cli/terminal.c core/cli/terminal.h core/cli/tool.c core/cli/tool.h core/cli/worker.c \
	core/cli/worker.h
core_libcli_a_SOURCES += \
	core/cli/cmd_plugin.c core/cli/kit.c core/cli/kit.h core/cli/kit_answer.c \
	core/cli/kit_answer.h core/cli/kit_http.c core/cli/kit_inputs.c \
	core/cli/kit_options.c core/cli/kit_roles.c core/cli/kit_vendor.c \
	core/cli/kit_vendor.h core/cli/plugin_new.c core/cli/plugin_new.h
SKELETON_FILES = \
	plugins/skeleton/provider/Makefile plugins/skeleton/provider/README.md \
	plugins/skeleton/provider/plugin.c plugins/skeleton/vertical/Makefile \
	plugins/skeleton/vertical/README.md plugins/skeleton/vertical/plugin.c \
	plugins/skeleton/vertical/scenarios/first.scn \
	plugins/skeleton/vertical/scenarios/tenant.yaml \
	plugins/skeleton/vertical/vertical.yaml
EXTRA_DIST += $(SKELETON_FILES)
core/cli/plugin_new.$(OBJEXT): $(SKELETON_FILES)
TESTS += tests/integration/plugins.sh
EXTRA_DIST += tests/integration/plugins.sh

if HAVE_CRITERION
check_PROGRAMS += tests/unit/unit_scenario
TESTS += tests/unit/unit_scenario
tests_unit_unit_scenario_SOURCES = tests/unit/test_scenario.c
tests_unit_unit_scenario_CPPFLAGS = $(AM_CPPFLAGS)
tests_unit_unit_scenario_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_scenario_LDADD = core/libcli.a core/libbase.a $(CRITERION_LIBS) \
	$(EXTERNAL_LIBS)
endif
