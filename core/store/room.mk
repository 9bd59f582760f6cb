noinst_LIBRARIES += core/libstore.a
core_libstore_a_SOURCES = \
	core/store/child.c core/store/child.h core/store/cluster.c core/store/cluster.h \
	core/store/events.h core/store/jobs.h core/store/outbox.h core/store/tenants.h \
	core/store/migrate.c core/store/migrate.h core/store/pg.h \
	core/store/pgerr.c core/store/pgerr.h core/store/place.c core/store/place.h \
	core/store/roles.c core/store/roles.h

# Other rooms add their migrations with +=.
sqldir = $(pkgdatadir)/sql
dist_sql_DATA = sql/0001_foundation.sql
