noinst_LIBRARIES += core/libtalk.a
core_libtalk_a_SOURCES =
