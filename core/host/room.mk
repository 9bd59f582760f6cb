noinst_LIBRARIES += core/libhost.a
core_libhost_a_SOURCES =
core_libhost_a_SOURCES += \
	core/host/business.c core/host/hours.c core/host/hours.h core/host/hours_parse.c \
	core/host/tenant.c core/host/tenant.h
