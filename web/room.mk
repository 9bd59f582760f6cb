# SPDX-License-Identifier: Apache-2.0
# The pages and the widget, linked into the binary by core/api/assets.c.
WEB_FILES = \
	web/404.html web/chat-socket.js web/chat-view.js web/chat.css web/chat.html \
	web/chat.js web/favicon.svg web/index.html web/index.js web/widget.js
EXTRA_DIST += $(WEB_FILES)
core/api/core_libapi_a-assets.$(OBJEXT): $(WEB_FILES)
core/api/assets.$(OBJEXT): $(WEB_FILES)
