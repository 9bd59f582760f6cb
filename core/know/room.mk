# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += core/libknow.a
core_libknow_a_SOURCES =
# Extraction and facts: pure functions.
know_extract_sources = \
	core/know/charset.c core/know/chrome.c core/know/chrome.h core/know/extract.c \
	core/know/extract_impl.h core/know/facts.c core/know/facts_text.c \
	core/know/facts_text.h core/know/hours_text.c core/know/hours_words.c \
	core/know/jsonld.c core/know/markup.c core/know/markup.h \
	core/know/markup_attr.c core/know/markup_attr.h core/know/meta.c \
	core/know/microdata.c core/know/plain.c core/know/recognise.c \
	core/know/repeats.c core/know/schema.c core/know/schema.h \
	core/know/schema_hours.c core/know/schema_price.c core/know/table.c \
	core/know/tree.c core/know/walk.c core/know/walk.h \
	core/know/walk_links.c core/know/walk_parts.c
core_libknow_a_SOURCES += $(know_extract_sources)
core_libknow_a_SOURCES += core/know/onboard.c core/know/onboard.h
core_libknow_a_SOURCES += \
	core/know/chunk.c core/know/chunk.h core/know/crawl.c core/know/crawl_impl.h \
	core/know/crawl_store.c core/know/embed.c \
	core/know/extract.h core/know/facts.h core/know/faqs.c core/know/gap.c \
	core/know/index.c core/know/index.h core/know/index_impl.h \
	core/know/index_mend.c core/know/know.c core/know/know.h \
	core/know/know_impl.h core/know/lexicon.c core/know/lexicon.h \
	core/know/lexicon_data.h core/know/prices.c core/know/question.c core/know/question.h \
	core/know/score.c core/know/score.h core/know/search.c core/know/settle.c core/know/settle_prepare.c \
	core/know/site_facts.c core/know/terms.c core/know/where.c core/know/words.c core/know/words.h \
	core/know/work.c

if HAVE_CRITERION
check_PROGRAMS += tests/unit/unit_know_words
TESTS += tests/unit/unit_know_words
tests_unit_unit_know_words_SOURCES = tests/unit/test_know_chunk.c \
	tests/unit/test_know_facts_settled.c tests/unit/test_know_words.c
tests_unit_unit_know_words_CPPFLAGS = $(AM_CPPFLAGS)
tests_unit_unit_know_words_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_know_words_LDADD = core/libknow.a core/libbase.a $(CRITERION_LIBS) \
	$(EXTERNAL_LIBS)
endif

if HAVE_CRITERION
check_PROGRAMS += tests/unit/unit_know_extract
TESTS += tests/unit/unit_know_extract
tests_unit_unit_know_extract_SOURCES = tests/unit/test_know_extract.c \
	tests/unit/test_know_facts.c
tests_unit_unit_know_extract_CPPFLAGS = $(AM_CPPFLAGS)
tests_unit_unit_know_extract_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_know_extract_LDADD = core/libknow.a core/libbase.a $(CRITERION_LIBS) \
	$(EXTERNAL_LIBS)
endif

if HAVE_CRITERION
check_PROGRAMS += tests/unit/unit_know
TESTS += tests/unit/unit_know
tests_unit_unit_know_SOURCES = tests/unit/test_know.c \
	tests/support/intask.c tests/support/intask.h tests/support/knowkit.c \
	tests/support/knowkit.h tests/support/testdb.c tests/support/testdb.h
tests_unit_unit_know_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_unit_unit_know_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_know_LDADD = core/libknow.a core/libhost.a core/libstore.a \
	core/libnet.a core/libbase.a $(CRITERION_LIBS) $(EXTERNAL_LIBS)
EXTRA_tests_unit_unit_know_DEPENDENCIES = plugins/local/local.la
endif

# Measurements, built on demand.
EXTRA_PROGRAMS += tests/bench/bench_search
tests_bench_bench_search_SOURCES = tests/bench/bench_search.c \
	tests/support/knowkit.c tests/support/knowkit.h
tests_bench_bench_search_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_bench_bench_search_LDADD = core/libknow.a core/libhost.a core/libstore.a \
	core/libnet.a core/libbase.a $(EXTERNAL_LIBS)
EXTRA_tests_bench_bench_search_DEPENDENCIES = plugins/local/local.la

fuzz_programs += tests/fuzz/fuzz_extract tests/fuzz/fuzz_facts
tests_fuzz_fuzz_extract_SOURCES = tests/fuzz/fuzz_extract.c $(fuzz_main)
tests_fuzz_fuzz_extract_LDADD = core/libknow.a core/libbase.a $(fuzz_link)
tests_fuzz_fuzz_facts_SOURCES = tests/fuzz/fuzz_facts.c $(fuzz_main)
tests_fuzz_fuzz_facts_LDADD = core/libknow.a core/libbase.a $(fuzz_link)

EXTRA_PROGRAMS += tests/eval/eval_search
tests_eval_eval_search_SOURCES = tests/eval/eval_search.c \
	tests/support/knowkit.c tests/support/knowkit.h
tests_eval_eval_search_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_eval_eval_search_LDADD = core/libknow.a core/libhost.a core/libstore.a \
	core/libnet.a core/libbase.a $(EXTERNAL_LIBS)
EXTRA_tests_eval_eval_search_DEPENDENCIES = plugins/local/local.la
