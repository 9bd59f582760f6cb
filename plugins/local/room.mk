plugin_LTLIBRARIES += plugins/local/local.la
plugins_local_local_la_SOURCES = plugins/local/local.c plugins/local/local.h \
	plugins/local/embed.c plugins/local/search.c plugins/local/words.c \
	plugins/local/words.h
plugins_local_local_la_CPPFLAGS = $(plugin_cppflags)
plugins_local_local_la_CFLAGS = $(plugin_cflags)
plugins_local_local_la_LDFLAGS = $(plugin_ldflags)
plugins_local_local_la_LIBADD = -lstemmer -lm
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
