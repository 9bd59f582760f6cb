# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += core/libtalk.a
core_libtalk_a_SOURCES = \
	core/talk/answer.c core/talk/asking.c core/talk/asking.h core/talk/check.c core/talk/counters.c core/talk/dates.c \
	core/talk/dates.h core/talk/days.h core/talk/days_calendar.c core/talk/engine.c \
	core/talk/engine.h core/talk/escalate.c core/talk/finish.c core/talk/heard.c \
	core/talk/heard.h core/talk/intake.c core/talk/intake.h core/talk/lead.c \
	core/talk/lease.c core/talk/loop.c core/talk/memory.c core/talk/prompt.c \
	core/talk/read.h core/talk/read_address.c core/talk/read_choice.c \
	core/talk/read_date.c core/talk/read_email.c core/talk/read_name.c \
	core/talk/read_phone.c core/talk/recover.c core/talk/reply.c core/talk/run.h \
	core/talk/score.c core/talk/score.h core/talk/times.c core/talk/tokens.c \
	core/talk/tools.c core/talk/tools.h core/talk/tools_know.c core/talk/turn.c \
	core/talk/urgency.c core/talk/verbatim.c core/talk/verbatim.h core/talk/when.c

if HAVE_CRITERION
check_PROGRAMS += tests/unit/unit_talk
TESTS += tests/unit/unit_talk
tests_unit_unit_talk_SOURCES = \
	tests/unit/test_dates.c tests/unit/test_engine.c tests/unit/test_intake.c \
	tests/unit/test_readers.c tests/unit/test_reply.c tests/unit/test_verbatim.c \
	tests/support/intask.c tests/support/intask.h tests/support/plugins.c \
	tests/support/plugins.h tests/support/testdb.c tests/support/testdb.h
tests_unit_unit_talk_DEPENDENCIES = core/libtalk.a core/libknow.a core/libhost.a \
	core/libstore.a core/libnet.a core/libbase.a tests/plugins/scripted.la \
	tests/plugins/flaky_a.la
EXTRA_DIST += tests/verticals/desk/desk.yaml
tests_unit_unit_talk_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_unit_unit_talk_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_talk_LDADD = core/libtalk.a core/libknow.a core/libhost.a \
	core/libstore.a core/libnet.a core/libbase.a $(CRITERION_LIBS) $(EXTERNAL_LIBS)
endif

fuzz_programs += tests/fuzz/fuzz_dates tests/fuzz/fuzz_readers
tests_fuzz_fuzz_dates_SOURCES = tests/fuzz/fuzz_dates.c $(fuzz_main)
tests_fuzz_fuzz_dates_LDADD = core/libtalk.a core/libbase.a $(fuzz_link)
tests_fuzz_fuzz_readers_SOURCES = tests/fuzz/fuzz_readers.c $(fuzz_main)
tests_fuzz_fuzz_readers_LDADD = core/libtalk.a core/libbase.a $(fuzz_link)

# Needs pgbench: make tests/bench/bench_turn && tests/bench/bench_turn
EXTRA_PROGRAMS += tests/bench/bench_turn
tests_bench_bench_turn_SOURCES = tests/bench/bench_turn.c
tests_bench_bench_turn_LDADD = $(ROOM_LIBS) $(EXTERNAL_LIBS)
