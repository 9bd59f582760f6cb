noinst_LIBRARIES += core/libknow.a
core_libknow_a_SOURCES =
core_libknow_a_SOURCES += core/know/onboard.c core/know/onboard.h
