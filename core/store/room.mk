# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += core/libstore.a
core_libstore_a_SOURCES = core/store/child.c core/store/child.h core/store/cluster.c \
	core/store/cluster.h core/store/conn.c core/store/dial.c core/store/dial.h \
	core/store/events.c core/store/events.h core/store/jobs.c core/store/jobs.h \
	core/store/jobs_rows.c core/store/jobs_rows.h \
	core/store/jobs_run.c core/store/jobs_run.h core/store/migrate.c \
	core/store/migrate.h core/store/subscribers.c core/store/subscribers.h \
	core/store/outbox.c core/store/outbox.h core/store/outcome.c core/store/outcome.h core/store/params.c core/store/pg.h \
	core/store/pgerr.c core/store/pgerr.h core/store/place.c core/store/place.h \
	core/store/pool.c core/store/pool.h core/store/roles.c core/store/roles.h \
	core/store/report.c core/store/report.h core/store/rows.c core/store/rows.h core/store/tenants.c core/store/tenants.h \
	core/store/tenants_put.c core/store/tx.c

# Other rooms add their migrations with +=.
sqldir = $(pkgdatadir)/sql
dist_sql_DATA = sql/0001_foundation.sql

if HAVE_CRITERION
check_PROGRAMS += tests/unit/unit_store
TESTS += tests/unit/unit_store
tests_unit_unit_store_SOURCES = \
	tests/unit/test_cluster.c tests/unit/test_events.c tests/unit/test_jobs.c \
	tests/unit/test_migrate.c tests/unit/test_pg.c tests/unit/test_tenancy.c \
	tests/unit/test_tenants.c \
	tests/support/intask.c tests/support/intask.h tests/support/testdb.c \
	tests/support/testdb.h
tests_unit_unit_store_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_unit_unit_store_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_store_LDADD = core/libstore.a core/libbase.a $(CRITERION_LIBS) \
	$(EXTERNAL_LIBS)
endif

core_libstore_a_SOURCES += \
	core/store/knowledge.h core/store/knowledge_chunks.c core/store/knowledge_crawl.c \
	core/store/knowledge_gaps.c core/store/knowledge_rows.h \
	core/store/knowledge_search.c
dist_sql_DATA += sql/0003_know.sql

core_libstore_a_SOURCES += \
	core/store/conversation.c core/store/conversation.h core/store/conversation_answer.c \
	core/store/lead.c core/store/lead.h
dist_sql_DATA += sql/0002_talk.sql

# Compares itself with pgbench where there is one.
EXTRA_PROGRAMS += tests/bench/bench_pg
tests_bench_bench_pg_SOURCES = tests/bench/bench_pg.c
tests_bench_bench_pg_LDADD = core/libstore.a core/libbase.a $(EXTERNAL_LIBS)
