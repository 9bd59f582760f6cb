noinst_LIBRARIES += core/libhost.a
core_libhost_a_SOURCES =
core_libhost_a_SOURCES += \
	core/host/business.c core/host/hours.c core/host/hours.h core/host/hours_parse.c \
	core/host/tenant.c core/host/tenant.h
core_libhost_a_SOURCES += \
	core/host/template.c core/host/template.h \
	core/host/template_bind.c core/host/template_bind.h core/host/template_fields.c \
	core/host/template_match.c core/host/template_merge.c core/host/template_merge.h \
	core/host/template_rows.c core/host/template_rows.h
