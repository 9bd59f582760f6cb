noinst_LIBRARIES += core/libstore.a
core_libstore_a_SOURCES =
