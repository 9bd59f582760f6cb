# SPDX-License-Identifier: Apache-2.0
# Plugins that the tests of the host load: broken ones, hostile ones, and providers that
# fail by script. None is installed; -rpath makes libtool build them shared all the same.
test_plugin_ldflags = $(SB_SAN) -module -avoid-version -shared -rpath /nowhere
EXTRA_DIST += tests/plugins/raw.h

check_LTLIBRARIES =
check_LTLIBRARIES += tests/plugins/bad_option.la
tests_plugins_bad_option_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/bad_preset.la
tests_plugins_bad_preset_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/bad_role.la
tests_plugins_bad_role_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/crash_load.la
tests_plugins_crash_load_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/crash_start.la
tests_plugins_crash_start_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/declines.la
tests_plugins_declines_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/exit_start.la
tests_plugins_exit_start_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/fork_start.la
tests_plugins_fork_start_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/hang_start.la
tests_plugins_hang_start_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/huge_stack.la
tests_plugins_huge_stack_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/longer_struct.la
tests_plugins_longer_struct_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/needy.la
tests_plugins_needy_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/newer_minor.la
tests_plugins_newer_minor_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/no_symbol.la
tests_plugins_no_symbol_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/noop.la
tests_plugins_noop_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/other_major.la
tests_plugins_other_major_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/short_ops.la
tests_plugins_short_ops_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/short_struct.la
tests_plugins_short_struct_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/undefined.la
tests_plugins_undefined_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/wrong_magic.la
tests_plugins_wrong_magic_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/wrong_name.la
tests_plugins_wrong_name_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/flaky_a.la
tests_plugins_flaky_a_la_SOURCES = tests/plugins/flaky.c
tests_plugins_flaky_a_la_CPPFLAGS = $(AM_CPPFLAGS) -DFLAKY=flaky_a
tests_plugins_flaky_a_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/flaky_b.la
tests_plugins_flaky_b_la_SOURCES = tests/plugins/flaky.c
tests_plugins_flaky_b_la_CPPFLAGS = $(AM_CPPFLAGS) -DFLAKY=flaky_b -DFLAKY_ABILITIES=SB_LLM_STREAMS
tests_plugins_flaky_b_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/scripted.la
tests_plugins_scripted_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/careless.la
tests_plugins_careless_la_LDFLAGS = $(test_plugin_ldflags)
check_LTLIBRARIES += tests/plugins/crash_call.la
tests_plugins_crash_call_la_LDFLAGS = $(test_plugin_ldflags)

# Compiled against the headers of the first release, and against nothing newer.
check_LTLIBRARIES += tests/plugins/abi_1_0.la
tests_plugins_abi_1_0_la_SOURCES = tests/abi/1.0/plugin.c tests/abi/1.0/layout.h
tests_plugins_abi_1_0_la_CPPFLAGS = -I$(top_srcdir)/tests/abi/1.0/include
tests_plugins_abi_1_0_la_LDFLAGS = $(test_plugin_ldflags)
EXTRA_DIST += tests/abi/1.0/include tests/abi/1.0/layout.def
