/* SPDX-License-Identifier: Apache-2.0
 *
 * Log lines: JSON whatever goes in, scopes by task, bounded length.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "base/task.h"
#include "support/intask.h"

static int kept_fd = -1, read_fd = -1;

/* Turns standard error into a pipe. */
static void capture(void)
{
    int fds[2];

    cr_assert_eq(pipe(fds), 0);
    kept_fd = dup(STDERR_FILENO);
    dup2(fds[1], STDERR_FILENO);
    close(fds[1]);
    read_fd = fds[0];
}

/* What was written meanwhile, in a static buffer. */
static const char *captured(void)
{
    static char text[20000];
    size_t len = 0;
    ssize_t got;

    dup2(kept_fd, STDERR_FILENO);
    close(kept_fd);
    while ((got = read(read_fd, text + len, sizeof(text) - 1 - len)) > 0)
        len += (size_t)got;
    text[len] = '\0';
    close(read_fd);
    return text;
}

static json_t *captured_json(void)
{
    const char *text = captured();
    json_error_t why;
    json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, &why);

    cr_assert_not_null(line, "%s: %s", why.text, text);
    return line;
}

Test(log, writes_one_json_line)
{
    json_t *line;

    capture();
    sb_log(SB_LOG_WARN, "store", "connection lost", sb_str("why", "a \"quote\"\n\xff"),
           sb_int("in", 2), sb_num("ratio", 0.5), sb_num("odd", NAN),
           sb_str("none", NULL));
    line = captured_json();
    cr_assert_str_eq(json_string_value(json_object_get(line, "level")), "warn");
    cr_assert_str_eq(json_string_value(json_object_get(line, "room")), "store");
    cr_assert_str_eq(json_string_value(json_object_get(line, "msg")),
                     "connection lost");
    cr_assert_str_eq(json_string_value(json_object_get(line, "why")),
                     "a \"quote\"\n\xef\xbf\xbd");
    cr_assert_eq(json_integer_value(json_object_get(line, "in")), 2);
    cr_assert(json_is_null(json_object_get(line, "odd")));
    cr_assert(json_is_null(json_object_get(line, "none")));
    json_decref(line);
}

Test(log, long_values_are_cut_and_the_line_stays_json)
{
    char big[3000], keys[40][8];
    struct sb_kv kvs[41] = {{.key = NULL}};
    json_t *line;

    memset(big, '"', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    for (int i = 0; i < 40; i++) {
        (void)snprintf(keys[i], sizeof(keys[i]), "k%d", i);
        kvs[i] = sb_str(keys[i], big);
    }
    kvs[40].key = NULL;
    capture();
    sb_log_write(SB_LOG_ERROR, "base", "long", kvs);
    line = captured_json();
    cr_assert_not_null(json_object_get(line, "k0"));
    json_decref(line);
}

Test(log, levels_are_filtered)
{
    capture();
    sb_log(SB_LOG_DEBUG, "base", "hidden");
    sb_log_set_level(SB_LOG_DEBUG);
    sb_log_set_plain(1);
    sb_log(SB_LOG_DEBUG, "base", "shown", sb_int("n", 1));
    cr_assert_str_eq(captured(), "debug: shown n=1\n");
    cr_assert_eq(sb_log_level_parse("error"), SB_LOG_ERROR);
    cr_assert_eq(sb_log_level_parse("loud"), -1);
}

static void other_task(void *arg)
{
    (void)arg;
    sb_log(SB_LOG_INFO, "test", "other");
}

static void scoped_task(void *arg)
{
    struct sb_log_scope outer, inner;

    (void)arg;
    sb_log_scope_push(&outer, "request", "r1");
    sb_log_scope_push(&inner, "tenant", "fox");
    sb_task_spawn(sb_loop_current(), "other", other_task, NULL);
    (void)sb_sleep(1);
    sb_log(SB_LOG_INFO, "test", "mine");
    sb_log_scope_pop(&inner);
    sb_log_scope_pop(&outer);
    sb_log(SB_LOG_INFO, "test", "bare");
}

Test(log, scopes_belong_to_their_task)
{
    capture();
    sb_log_set_plain(1);
    sb_test_run(scoped_task, NULL);
    cr_assert_str_eq(captured(),
                     "info: other\ninfo: mine request=\"r1\" tenant=\"fox\"\ninfo: bare\n");
}
