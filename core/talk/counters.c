/* SPDX-License-Identifier: Apache-2.0
 *
 * The day's counters, gathered here and added to the database every few seconds: a row
 * that every turn wrote would make all turns of a busy receptionist wait for each
 * other. What a crash loses is in the tables anyway.
 */
#include <stdio.h>
#include <string.h>
#include "base/array.h"
#include "base/task.h"
#include "store/lead.h"
#include "talk/run.h"

#define FLUSH_MS 3000
#define MAX_CELLS 512

struct sb_counter_cell {
    char org[37], agent[37], day[11];
    const char *name; /* static storage */
    int64_t value;
};

/* Takes the first organisation's cells out of the list. */
static size_t take_org(struct sb_engine *engine, struct sb_counter_cell *out)
{
    size_t i, n = 0, kept = 0;

    for (i = 0; i < engine->cell_count; i++) {
        if (n == 0 || strcmp(engine->cells[i].org, out[0].org) == 0)
            out[n++] = engine->cells[i];
        else
            engine->cells[kept++] = engine->cells[i];
    }
    engine->cell_count = kept;
    return n;
}

static void flush(void *arg)
{
    struct sb_side *side = arg;
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_counter_cell *taken = sb_array(mem, struct sb_counter_cell, MAX_CELLS);
    struct sb_counter_row *rows = sb_array(mem, struct sb_counter_row, MAX_CELLS);
    size_t n, i;

    if (sb_sleep(FLUSH_MS) == 0)
        while (side->engine && (n = take_org(side->engine, taken)) > 0) {
            for (i = 0; i < n; i++) {
                rows[i].org = taken[i].org;
                rows[i].agent = taken[i].agent;
                rows[i].name = taken[i].name;
                memcpy(rows[i].day, taken[i].day, sizeof(rows[i].day));
                rows[i].value = taken[i].value;
            }
            if (sb_counters_add(side->engine->db, mem, taken[0].org, rows, n, NULL))
                break;
        }
    if (side->engine)
        side->engine->counter = NULL;
    talloc_free(side);
    talloc_free(mem);
}

void sb_engine_count(struct sb_engine *engine, const struct sb_agent *agent,
                     const struct sb_local *day, const char *name, int64_t by)
{
    struct sb_counter_cell *cell;
    char date[32];
    size_t i;

    snprintf(date, sizeof(date), "%04d-%02d-%02d", day->year, day->month, day->day);
    for (i = 0; i < engine->cell_count; i++) {
        cell = &engine->cells[i];
        if (strcmp(cell->name, name) == 0 && strcmp(cell->agent, agent->id) == 0 &&
            strcmp(cell->day, date) == 0) {
            cell->value += by;
            return;
        }
    }
    if (!engine->cells)
        engine->cells = sb_array(engine, struct sb_counter_cell, MAX_CELLS);
    if (engine->cell_count == MAX_CELLS)
        return;
    cell = &engine->cells[engine->cell_count++];
    snprintf(cell->org, sizeof(cell->org), "%s", agent->business->org);
    snprintf(cell->agent, sizeof(cell->agent), "%s", agent->id);
    snprintf(cell->day, sizeof(cell->day), "%.10s", date);
    cell->name = name;
    cell->value = by;
    if (!engine->counter)
        engine->counter = sb_side_start(engine, "day's counters", flush);
}
