# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += core/libtalk.a
core_libtalk_a_SOURCES =
