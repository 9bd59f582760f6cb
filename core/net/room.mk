# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += core/libnet.a
core_libnet_a_SOURCES =
# The HTTP client.
core_libnet_a_SOURCES += core/net/address.c core/net/answer.c core/net/client.c \
	core/net/client.h core/net/client_impl.h core/net/request.c core/net/sse_parse.c \
	core/net/sse_parse.h
# The HTTP server.
core_libnet_a_SOURCES += core/net/http.h core/net/http_chunk.c core/net/http_conn.c \
	core/net/http_conn.h core/net/http_listen.c core/net/http_message.c \
	core/net/http_message.h core/net/http_parse.c core/net/http_parse.h \
	core/net/http_proxy.c core/net/http_proxy.h core/net/http_query.c \
	core/net/http_query.h core/net/http_reply.c core/net/http_request.c \
	core/net/http_router.c core/net/http_router.h core/net/http_scan.c \
	core/net/http_server.c core/net/asset.c core/net/limit.c core/net/limit.h \
	core/net/sse.c
# WebSockets.
core_libnet_a_SOURCES += core/net/ws.c core/net/ws.h core/net/ws_accept.c \
	core/net/ws_connect.c core/net/ws_frame.c core/net/ws_frame.h core/net/ws_impl.h \
	core/net/ws_tls.c core/net/ws_tls.h core/net/ws_url.c core/net/ws_url.h

if HAVE_CRITERION
check_PROGRAMS += tests/unit/unit_net
TESTS += tests/unit/unit_net
tests_unit_unit_net_SOURCES = \
	tests/support/cert.c tests/support/cert.h \
	tests/support/intask.c tests/support/intask.h tests/support/wire.c \
	tests/support/wire.h tests/unit/test_asset.c tests/unit/test_http_server.c \
	tests/unit/test_http_parse.c tests/unit/test_limit.c tests/unit/test_smuggling.c \
	tests/unit/test_tls.c tests/unit/test_ws.c
tests_unit_unit_net_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_unit_unit_net_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_net_LDADD = core/libnet.a core/libbase.a -lbrotlidec $(CRITERION_LIBS) $(EXTERNAL_LIBS)
endif

fuzz_programs += tests/fuzz/fuzz_http tests/fuzz/fuzz_ws
tests_fuzz_fuzz_http_SOURCES = tests/fuzz/fuzz_http.c $(fuzz_main)
tests_fuzz_fuzz_http_LDADD = core/libnet.a core/libbase.a $(fuzz_link)
tests_fuzz_fuzz_ws_SOURCES = tests/fuzz/fuzz_ws.c $(fuzz_main)
tests_fuzz_fuzz_ws_LDADD = core/libnet.a core/libbase.a $(fuzz_link)

EXTRA_PROGRAMS += tests/bench/bench_http tests/bench/bench_ws
tests_bench_bench_http_SOURCES = tests/bench/bench_http.c
tests_bench_bench_http_LDADD = core/libnet.a core/libbase.a $(EXTERNAL_LIBS)
tests_bench_bench_ws_SOURCES = tests/bench/bench_ws.c
tests_bench_bench_ws_LDADD = core/libnet.a core/libbase.a $(EXTERNAL_LIBS)

if HAVE_CRITERION
check_PROGRAMS += tests/unit/unit_client
TESTS += tests/unit/unit_client
tests_unit_unit_client_SOURCES = tests/support/intask.c tests/support/intask.h \
	tests/support/script.c tests/support/script.h tests/unit/test_client.c \
	tests/unit/test_client_reach.c tests/unit/test_sse_parse.c
tests_unit_unit_client_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_unit_unit_client_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_client_LDADD = core/libnet.a core/libbase.a $(CRITERION_LIBS) $(EXTERNAL_LIBS)
endif

fuzz_programs += tests/fuzz/fuzz_sse
tests_fuzz_fuzz_sse_SOURCES = tests/fuzz/fuzz_sse.c $(fuzz_main)
tests_fuzz_fuzz_sse_LDADD = core/libnet.a core/libbase.a $(fuzz_link)
