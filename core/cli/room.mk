noinst_LIBRARIES += core/libcli.a
core_libcli_a_SOURCES =
