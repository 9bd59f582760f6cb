plugin_LTLIBRARIES += plugins/local/local.la
plugins_local_local_la_SOURCES = plugins/local/local.c plugins/local/local.h
plugins_local_local_la_CPPFLAGS = $(plugin_cppflags)
plugins_local_local_la_CFLAGS = $(plugin_cflags)
plugins_local_local_la_LDFLAGS = $(plugin_ldflags)
plugins_local_local_la_LIBADD = -lm
EXTRA_DIST += plugins/local/README.md
