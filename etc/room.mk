# SPDX-License-Identifier: Apache-2.0
#
# The configuration goes to $(sysconfdir)/switchboard and is never written over; what
# `serve --demo` loads and the examples for systemd and a proxy are data.
etcdir = $(sysconfdir)/switchboard
demodir = $(pkgdatadir)/demo
dist_demo_DATA = etc/tenants/fox-hollow.yaml etc/tenants/harbor-home.yaml
examplesdir = $(docdir)/examples
dist_examples_DATA = etc/nginx.conf etc/switchboard.service etc/switchboard.yaml
EXTRA_DIST += etc/room.mk

install-data-local:
	$(MKDIR_P) "$(DESTDIR)$(etcdir)/tenants"
	test -e "$(DESTDIR)$(etcdir)/switchboard.yaml" || $(INSTALL_DATA) \
	  "$(srcdir)/etc/switchboard.yaml" "$(DESTDIR)$(etcdir)/switchboard.yaml"

# Only what nobody has changed is taken away again.
uninstall-local:
	! cmp -s "$(srcdir)/etc/switchboard.yaml" "$(DESTDIR)$(etcdir)/switchboard.yaml" || \
	  rm -f "$(DESTDIR)$(etcdir)/switchboard.yaml"
	rmdir "$(DESTDIR)$(etcdir)/tenants" "$(DESTDIR)$(etcdir)" 2>/dev/null || :
