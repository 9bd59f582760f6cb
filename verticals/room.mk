# SPDX-License-Identifier: Apache-2.0
# A vertical is a folder: <name>.yaml, scenarios/*.scn, and with code <name>.c, which
# becomes <name>.la among the plugins. The data is installed below
# $(pkgdatadir)/verticals/ with its folders. For each vertical with code:
#
#   plugin_LTLIBRARIES += verticals/NAME/NAME.la
#   verticals_NAME_NAME_la_SOURCES = verticals/NAME/NAME.c
#   verticals_NAME_NAME_la_CPPFLAGS = $(plugin_cppflags)
#   verticals_NAME_NAME_la_CFLAGS = $(plugin_cflags)
#   verticals_NAME_NAME_la_LDFLAGS = $(plugin_ldflags)
#   nobase_dist_pkgdata_DATA += verticals/NAME/NAME.yaml verticals/NAME/scenarios/X.scn
nobase_dist_pkgdata_DATA += verticals/golf/golf.yaml \
	verticals/home_services/home_services.yaml verticals/salon/salon.yaml

plugin_LTLIBRARIES += verticals/golf/golf.la verticals/home_services/home_services.la
verticals_golf_golf_la_SOURCES = verticals/golf/golf.c
verticals_golf_golf_la_CPPFLAGS = $(plugin_cppflags)
verticals_golf_golf_la_CFLAGS = $(plugin_cflags)
verticals_golf_golf_la_LDFLAGS = $(plugin_ldflags)
verticals_home_services_home_services_la_SOURCES = \
	verticals/home_services/home_services.c
verticals_home_services_home_services_la_CPPFLAGS = $(plugin_cppflags)
verticals_home_services_home_services_la_CFLAGS = $(plugin_cflags)
verticals_home_services_home_services_la_LDFLAGS = $(plugin_ldflags)

nobase_dist_pkgdata_DATA += \
	verticals/golf/scenarios/desk.scn verticals/golf/scenarios/requests.scn \
	verticals/home_services/scenarios/emergencies.scn \
	verticals/home_services/scenarios/requests.scn \
	verticals/salon/scenarios/copper-comb.yaml verticals/salon/scenarios/salon.scn

EXTRA_DIST += docs/vertical-guide.md etc/tenants/fox-hollow.yaml \
	etc/tenants/harbor-home.yaml
