noinst_LIBRARIES += core/libnet.a
core_libnet_a_SOURCES =
# The HTTP client.
core_libnet_a_SOURCES += core/net/address.c core/net/answer.c core/net/client.c \
	core/net/client.h core/net/client_impl.h core/net/request.c core/net/sse_parse.c \
	core/net/sse_parse.h
