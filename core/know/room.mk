noinst_LIBRARIES += core/libknow.a
core_libknow_a_SOURCES =
