/* SPDX-License-Identifier: Apache-2.0
 *
 * See terminal.h. Input is read when the descriptor is ready, so jobs and timers of
 * the loop go on while somebody thinks.
 */
#include "cli/terminal.h"

#include <errno.h>
#include <event2/event.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/task.h"
#include "base/text.h"
#include "cli/app.h"
#include "cli/flags.h"
#include "host/agent.h"
#include "talk/engine.h"

enum { MAX_LINE = 8000 };

struct terminal {
    struct sb_app *app;
    TALLOC_CTX *mem;
    const struct sb_agent *agent;
    bool colors, eof, file; /* file: standard input is one (or a device) */
    char conversation[37], visitor[129];
    struct sb_buf pending; /* read and not yet used */
};

static const char *style(const struct terminal *t, const char *code)
{
    return t->colors ? code : "";
}

/* The next line without its end, on t->mem, or NULL at the end of input. */
static char *read_line(struct terminal *t)
{
    for (;;) {
        const char *text = sb_buf_str(&t->pending), *end = strchr(text, '\n');
        char chunk[1024];
        ssize_t got;

        if (end || (t->eof && *text)) {
            size_t len = end ? (size_t)(end - text) : strlen(text);
            char *line = talloc_strndup(t->mem, text, len);
            char *rest = talloc_strdup(t->mem, end ? end + 1 : "");

            sb_buf_reset(&t->pending);
            sb_buf_puts(&t->pending, rest);
            talloc_free(rest);
            return line;
        }
        if (t->eof || t->pending.len > MAX_LINE)
            return NULL;
        /* A regular file or /dev/null cannot be polled. */
        if (!t->file && sb_wait_fd(STDIN_FILENO, EV_READ, -1) == SB_ECANCELED)
            return NULL;
        got = read(STDIN_FILENO, chunk, sizeof(chunk));
        if (got > 0)
            sb_buf_add(&t->pending, chunk, (size_t)got);
        else if (got == 0 || errno != EINTR)
            t->eof = true;
    }
}

static void print_speaker(const struct terminal *t)
{
    const char *name = *t->agent->name ? t->agent->name : "Desk";

    fputs(style(t, "\033[1;36m"), stdout);
    sb_print(stdout, name, strlen(name));
    printf(":%s ", style(t, "\033[0m"));
}

static int on_text(void *arg, const char *text, size_t len)
{
    (void)arg;
    sb_print(stdout, text, len);
    fflush(stdout);
    return 0;
}

static void print_sources(const struct terminal *t, const struct sb_turn_out *out)
{
    for (size_t i = 0; i < out->source_count; i++) {
        printf("%s   [%zu] ", style(t, "\033[2m"), i + 1);
        sb_print(stdout, out->sources[i].title, strlen(out->sources[i].title));
        fputs(*out->sources[i].url ? " - " : "", stdout);
        sb_print(stdout, out->sources[i].url, strlen(out->sources[i].url));
        printf("%s\n", style(t, "\033[0m"));
    }
    if (out->intake.total && out->intake.progress)
        printf("%s   intake %d of %d%s%s%s\n", style(t, "\033[2m"),
               out->intake.progress, out->intake.total,
               *out->intake.next ? ", next: " : "", out->intake.next,
               style(t, "\033[0m"));
    if (out->escalated)
        printf("%s   a human has been paged%s\n", style(t, "\033[2m"),
               style(t, "\033[0m"));
}

static int say(struct terminal *t, const char *message, struct sb_err *err)
{
    const struct sb_turn_sink sink = {.arg = t, .text = on_text};
    TALLOC_CTX *mem = talloc_new(t->mem);
    struct sb_turn_in in = {
        .agent = t->agent,
        .channel = "chat",
        .message = sb_utf8_clean(mem, message, strlen(message), MAX_LINE),
        .conversation_id = t->conversation,
        .client_id = "",
        .speaker = {.visitor = t->visitor, .name = "", .email = "", .phone = ""},
    };
    struct sb_turn_out out = {0};
    int code;

    print_speaker(t);
    code = sb_engine_say(t->app->engine, mem, &in, &sink, &out, err);
    putchar('\n');
    if (!code) {
        snprintf(t->conversation, sizeof(t->conversation), "%s", out.conversation_id);
        snprintf(t->visitor, sizeof(t->visitor), "%s", out.visitor);
        print_sources(t, &out);
    }
    fflush(stdout);
    talloc_free(mem);
    return code;
}

static int greet(struct terminal *t, struct sb_err *err)
{
    const struct sb_speaker nobody = {
        .visitor = "", .name = "", .email = "", .phone = ""};
    const char *greeting;
    int code =
        sb_engine_greeting(t->app->engine, t->mem, t->agent, &nobody, &greeting, err);

    if (code)
        return code;
    print_speaker(t);
    sb_print(stdout, greeting, strlen(greeting));
    putchar('\n');
    return 0;
}

static int chat(struct terminal *t, struct sb_err *err)
{
    int code = greet(t, err);

    while (!code) {
        char *line;

        if (t->colors)
            printf("%sYou:%s ", style(t, "\033[1m"), style(t, "\033[0m"));
        fflush(stdout);
        line = read_line(t);
        if (!line || !strcmp(line, "/quit"))
            break;
        if (!sb_text_is_blank(line))
            code = say(t, line, err);
        talloc_free(line);
    }
    return code;
}

int sb_terminal_chat(struct sb_app *app, const char *ref, struct sb_err *err)
{
    struct terminal t = {.app = app,
                         .mem = talloc_new(NULL),
                         .colors = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)};
    int code = sb_directory_agent(app->directory, t.mem, ref, &t.agent, err);
    struct stat st;

    t.file = fstat(STDIN_FILENO, &st) == 0 && !S_ISFIFO(st.st_mode) &&
             !S_ISSOCK(st.st_mode) && !isatty(STDIN_FILENO);
    sb_buf_init(&t.pending, t.mem);
    if (!code)
        code = chat(&t, err);
    talloc_free(t.mem);
    return code;
}
