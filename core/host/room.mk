noinst_LIBRARIES += core/libhost.a
core_libhost_a_SOURCES =
