/* SPDX-License-Identifier: Apache-2.0
 *
 * Tries a plugin file in a child process: maps it, reads its descriptor, starts and
 * stops an instance. See sb_plugin_probe() in host.h.
 */
#ifndef SB_HOST_PROBE_H
#define SB_HOST_PROBE_H

#include "host/host.h"

#define SB_PROBE_DEADLINE_MS 5000

/* As sb_plugin_probe(), with a deadline of its own (for tests). */
int sb_probe_file(TALLOC_CTX *mem, const char *path, int deadline_ms,
                  struct sb_plugin_info *info, struct sb_err *err);

#endif
