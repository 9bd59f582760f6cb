# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += core/libapi.a
core_libapi_a_SOURCES = \
	core/api/agent_list.c core/api/agent_public.c core/api/api.h core/api/assets.c \
	core/api/assets.h core/api/chat.c core/api/chat_body.c core/api/chat_body.h \
	core/api/chat_ws.c core/api/chat_ws.h core/api/chat_ws_turn.c core/api/cors.c \
	core/api/cors.h core/api/health.c core/api/history.c core/api/hooks.c \
	core/api/identity.c core/api/identity.h core/api/page.c core/api/routes.c \
	core/api/turn_run.c core/api/turn_run.h

if HAVE_CRITERION
check_PROGRAMS += tests/unit/unit_api tests/unit/unit_tenant
TESTS += tests/unit/unit_api tests/unit/unit_tenant
tests_unit_unit_api_SOURCES = tests/unit/test_identity.c
tests_unit_unit_api_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_api_LDADD = core/libapi.a core/libbase.a $(CRITERION_LIBS) $(EXTERNAL_LIBS)
tests_unit_unit_tenant_SOURCES = tests/unit/test_hours.c tests/unit/test_tenant.c
tests_unit_unit_tenant_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_tenant_LDADD = core/libhost.a core/libbase.a $(CRITERION_LIBS) $(EXTERNAL_LIBS)
endif
