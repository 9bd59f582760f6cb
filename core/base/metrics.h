/* SPDX-License-Identifier: Apache-2.0
 *
 * Counters, gauges and histograms in Prometheus' text format. Each worker process
 * writes to its own slots of a shared mapping made before the fork, so that any
 * worker can answer /metrics for all of them.
 */
#ifndef SB_BASE_METRICS_H
#define SB_BASE_METRICS_H

#include <stdint.h>
#include "base/buf.h"

/* Makes the shared mapping; call once before forking. `workers` >= 1. */
int sb_metrics_start(int workers);
/* Which worker this process is, 0-based. After a restart its counters and histograms
 * go on where the dead worker left them; its gauges start at 0. */
void sb_metrics_use(int worker);

/* `name` with its labels in braces, as Prometheus writes it; the family's help is
 * given once. At most 512 series; further ones are dropped and counted. */
void sb_count(const char *name, double by);
void sb_gauge(const char *name, double value); /* summed over workers */
/* Observes milliseconds into fixed buckets 1,2,5,...60000. Without sb_metrics_start()
 * (a command-line tool) nothing is counted. */
void sb_observe_ms(const char *name, double ms);
void sb_metrics_help(const char *family, const char *help);
void sb_metrics_write(struct sb_buf *out);

#endif
