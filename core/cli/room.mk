# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += core/libcli.a
core_libcli_a_SOURCES = \
	core/cli/app.c core/cli/app.h core/cli/app_tenants.c core/cli/cmd.h \
	core/cli/cmd_check.c core/cli/cmd_serve.c core/cli/cmd_talk.c core/cli/cmd_tenant.c \
	core/cli/cmd_try.c core/cli/site.c core/cli/site.h core/cli/config.c \
	core/cli/config.h core/cli/flags.c core/cli/flags.h core/cli/supervisor.c \
	core/cli/supervisor.h core/cli/terminal.c core/cli/terminal.h core/cli/worker.c \
	core/cli/worker.h
