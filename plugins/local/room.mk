# SPDX-License-Identifier: Apache-2.0
plugin_LTLIBRARIES += plugins/local/local.la
plugins_local_local_la_SOURCES = plugins/local/local.c plugins/local/local.h \
	plugins/local/embed.c plugins/local/search.c plugins/local/words.c \
	plugins/local/words.h
plugins_local_local_la_CPPFLAGS = $(plugin_cppflags)
plugins_local_local_la_CFLAGS = $(plugin_cflags)
plugins_local_local_la_LDFLAGS = $(plugin_ldflags)
plugins_local_local_la_LIBADD = -lstemmer -lm
# The crawler.
local_crawl_sources = plugins/local/crawl.c plugins/local/crawl.h \
	plugins/local/fetch.c plugins/local/fetch.h plugins/local/frontier.c \
	plugins/local/frontier.h plugins/local/links.c plugins/local/links.h \
	plugins/local/robots.c plugins/local/robots.h plugins/local/site.c \
	plugins/local/sitemap.c plugins/local/sitemap.h plugins/local/tags.c \
	plugins/local/tags.h plugins/local/url.c plugins/local/url.h
plugins_local_local_la_SOURCES += $(local_crawl_sources)
plugins_local_local_la_CFLAGS += $(TALLOC_CFLAGS) $(ZLIB_CFLAGS)
plugins_local_local_la_LIBADD += $(TALLOC_LIBS) $(ZLIB_LIBS)
# The receptionist.
local_llm_sources = plugins/local/llm.c plugins/local/brain.h \
	plugins/local/brain_acts.c plugins/local/brain_acts.h \
	plugins/local/brain_answer.c plugins/local/brain_given.c \
	plugins/local/brain_begin.c plugins/local/brain_capture.c \
	plugins/local/brain_hours.c plugins/local/brain_intake.c \
	plugins/local/brain_language.c plugins/local/brain_parts.c \
	plugins/local/brain_phrases.c plugins/local/brain_question.c \
	plugins/local/brain_question.h plugins/local/brain_read.c \
	plugins/local/brain_reply.c plugins/local/brain_results.c \
	plugins/local/brain_score.c \
	plugins/local/brain_small.c plugins/local/brain_text.c \
	plugins/local/brain_text.h plugins/local/brain_units.c
plugins_local_local_la_SOURCES += $(local_llm_sources)
EXTRA_DIST += plugins/local/README.md

if HAVE_CRITERION
check_PROGRAMS += tests/unit/unit_local_search
TESTS += tests/unit/unit_local_search
tests_unit_unit_local_search_SOURCES = tests/unit/test_local_search.c \
	plugins/local/embed.c plugins/local/search.c plugins/local/words.c
tests_unit_unit_local_search_CPPFLAGS = $(AM_CPPFLAGS)
tests_unit_unit_local_search_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_local_search_LDADD = $(CRITERION_LIBS) -lstemmer -lm
endif

if HAVE_CRITERION
check_PROGRAMS += tests/unit/unit_local_crawl
TESTS += tests/unit/unit_local_crawl
tests_unit_unit_local_crawl_SOURCES = tests/unit/test_crawl_links.c \
	tests/unit/test_crawl_robots.c tests/unit/test_crawl_sitemap.c \
	tests/unit/test_crawl_url.c $(local_crawl_sources)
tests_unit_unit_local_crawl_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_unit_local_crawl_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_local_crawl_LDADD = core/libbase.a $(CRITERION_LIBS) $(EXTERNAL_LIBS)
endif

if HAVE_CRITERION
check_PROGRAMS += tests/unit/unit_local_llm
TESTS += tests/unit/unit_local_llm
tests_unit_unit_local_llm_SOURCES = tests/unit/test_local_llm_answer.c \
	tests/unit/test_local_llm_talk.c tests/support/brainkit.c \
	tests/support/brainkit.h $(local_llm_sources) plugins/local/words.c
tests_unit_unit_local_llm_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_unit_unit_local_llm_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_unit_local_llm_LDADD = core/libhost.a core/libstore.a core/libnet.a \
	core/libbase.a $(CRITERION_LIBS) $(EXTERNAL_LIBS) -lstemmer -lm
endif

# The crawler and the reader of pages together, for tests/integration/crawl.test.mjs.
check_PROGRAMS += tests/tools/read_site
tests_tools_read_site_SOURCES = tests/tools/read_site.c $(local_crawl_sources)
tests_tools_read_site_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_tools_read_site_LDADD = core/libknow.a core/libhost.a core/libstore.a core/libnet.a \
	core/libbase.a $(EXTERNAL_LIBS)

fuzz_programs += tests/fuzz/fuzz_robots tests/fuzz/fuzz_sitemap
tests_fuzz_fuzz_robots_SOURCES = tests/fuzz/fuzz_robots.c plugins/local/robots.c \
	plugins/local/url.c $(fuzz_main)
tests_fuzz_fuzz_robots_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_fuzz_fuzz_robots_LDADD = core/libbase.a $(fuzz_link)
tests_fuzz_fuzz_sitemap_SOURCES = tests/fuzz/fuzz_sitemap.c plugins/local/frontier.c \
	plugins/local/links.c plugins/local/sitemap.c plugins/local/tags.c \
	plugins/local/url.c $(fuzz_main)
tests_fuzz_fuzz_sitemap_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_fuzz_fuzz_sitemap_LDADD = core/libbase.a $(fuzz_link)
