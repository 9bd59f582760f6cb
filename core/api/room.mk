noinst_LIBRARIES += core/libapi.a
core_libapi_a_SOURCES =
