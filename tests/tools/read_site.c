/* SPDX-License-Identifier: Apache-2.0
 *
 * Crawls a website with the built-in crawler, reads its pages and prints what was found
 * as JSON lines, without a database: for tests of the two together, and to look at a
 * site by hand.
 *
 *     read_site URL [max_pages [max_page_bytes [known-url...]]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/task.h"
#include "host/services.h"
#include "know/extract.h"
#include "know/facts.h"
#include "net/client.h"
#include "plugins/local/local.h"

enum { MAX_KEPT = 2000 };

struct run {
    char **args;
    int count, status;
    TALLOC_CTX *mem;
    struct sb_extract *pages[MAX_KEPT];
    size_t page_count;
};

static void put_text(struct sb_buf *out, const char *key, const char *value)
{
    sb_buf_printf(out, ",\"%s\":", key);
    sb_buf_json(out, value, strlen(value));
}

static void print_line(struct sb_buf *out)
{
    sb_buf_puts(out, "}\n");
    (void)fwrite(out->data, 1, out->len, stdout);
    (void)fflush(stdout);
    talloc_free(out->data);
}

static void begin_line(struct sb_buf *out, const char *type)
{
    sb_buf_init(out, NULL);
    sb_buf_printf(out, "{\"type\":\"%s\"", type);
}

/* ---- what the crawler hands on ---- */

static int on_found(void *arg, int total)
{
    struct sb_buf out;

    (void)arg;
    begin_line(&out, "found");
    sb_buf_printf(&out, ",\"total\":%d", total);
    print_line(&out);
    return 0;
}

static int on_page(void *arg, const struct sb_crawl_page *page)
{
    struct run *run = arg;
    struct sb_err err = {0};
    struct sb_extract *extract = NULL;
    struct sb_buf out;

    begin_line(&out, "fetched");
    put_text(&out, "url", page->url);
    put_text(&out, "found_on", page->found_on);
    put_text(&out, "modified", page->modified);
    put_text(&out, "content_type", page->content_type);
    sb_buf_printf(&out, ",\"status\":%d,\"bytes\":%zu", page->status, page->body_len);
    if (page->failed)
        put_text(&out, "failed", page->failed);
    print_line(&out);
    if (page->failed || run->page_count >= MAX_KEPT)
        return 0;
    if (sb_extract(run->mem, page->url, page->content_type, page->body, page->body_len,
                   NULL, &extract, &err) == 0)
        run->pages[run->page_count++] = extract;
    else
        (void)fprintf(stderr, "%s: %s\n", page->url, err.msg);
    return 0;
}

/* ---- what was read ---- */

static void put_blocks(struct sb_buf *out, const struct sb_extract *page)
{
    sb_buf_puts(out, ",\"blocks\":[");
    for (size_t i = 0; i < page->block_count; i++) {
        const struct sb_block *block = &page->blocks[i];

        sb_buf_printf(out, "%s{\"kind\":%d,\"boilerplate\":%s", i ? "," : "",
                      (int)block->kind, block->boilerplate ? "true" : "false");
        put_text(out, "heading", block->heading);
        put_text(out, "columns", block->columns);
        put_text(out, "text", block->text);
        sb_buf_putc(out, '}');
    }
    sb_buf_putc(out, ']');
}

static void put_facts(struct sb_buf *out, const struct sb_extract *page)
{
    sb_buf_puts(out, ",\"facts\":[");
    for (size_t i = 0; i < page->fact_count; i++) {
        const struct sb_fact *fact = &page->facts[i];

        sb_buf_printf(out, "%s{\"origin\":%d", i ? "," : "", (int)fact->origin);
        put_text(out, "kind", sb_fact_kind_name(fact->kind));
        put_text(out, "subject", fact->subject);
        put_text(out, "value", fact->value);
        put_text(out, "text", fact->text);
        put_text(out, "heading", fact->heading);
        sb_buf_putc(out, '}');
    }
    sb_buf_putc(out, ']');
}

static void print_page(const struct sb_extract *page)
{
    struct sb_buf out;

    begin_line(&out, "page");
    put_text(&out, "url", page->url);
    put_text(&out, "title", page->title);
    put_text(&out, "site", page->site_name);
    put_text(&out, "charset", page->charset);
    put_text(&out, "modified", page->modified);
    sb_buf_printf(&out, ",\"soft_404\":%s,\"truncated\":%s,\"text_bytes\":%zu",
                  page->soft_404 ? "true" : "false", page->truncated ? "true" : "false",
                  page->text_bytes);
    put_blocks(&out, page);
    put_facts(&out, page);
    print_line(&out);
}

/* ---- the crawl ---- */

static long argument(const struct run *run, int index, long fallback)
{
    return run->count > index ? strtol(run->args[index], NULL, 10) : fallback;
}

static void crawl(void *arg)
{
    struct run *run = arg;
    const struct local_conf conf = {.crawl_user_agent = "SwitchboardBot/1.0"};
    struct sb_client_conf client_conf = {.user_agent = "Switchboard",
                                         .allow_private = !getenv("STRICT"),
                                         .ca_file = getenv("CA_FILE")};
    static const char *const anywhere[] = {"*", NULL};
    static const struct sb_plugin plugin = {.name = "local", .hosts = anywhere};
    struct sb_services services = {.plugin = &plugin, .config = &conf};
    struct sb_host host;
    struct local local = {.host = &host, .conf = &conf};
    const struct sb_crawl_request request = {
        .size = sizeof(request),
        .url = run->args[1],
        .max_pages = (int)argument(run, 2, 200),
        .max_page_bytes = argument(run, 3, 4 << 20),
        .max_total_bytes = 256 << 20,
        .delay_ms = 0,
        .parallel = 4,
        .known = run->count > 4 ? (const char *const *)(run->args + 4) : NULL};
    const struct sb_crawl_sink sink = {
        .size = sizeof(sink), .arg = run, .found = on_found, .page = on_page};
    struct sb_err err = {0};

    if (sb_client_new(sb_loop_current(), &client_conf, &services.client, &err) == 0) {
        sb_services_fill(&host, &services);
        run->status = local_crawl_ops.crawl(&local, &request, &sink, &err);
        sb_client_free(services.client);
    }
    if (err.code) {
        struct sb_buf out;

        begin_line(&out, "error");
        put_text(&out, "code", sb_code_name(err.code));
        put_text(&out, "message", err.msg);
        print_line(&out);
    }
}

int main(int argc, char **argv)
{
    struct run *run;
    struct sb_loop *loop;
    int status;

    if (argc < 2) {
        (void)fprintf(stderr, "usage: read_site URL [max_pages [max_page_bytes "
                              "[known-url...]]]\n");
        return 2;
    }
    sb_mem_init();
    sb_log_set_level(SB_LOG_WARN);
    run = talloc_zero(NULL, struct run);
    run->args = argv;
    run->count = argc;
    run->mem = run;
    loop = sb_loop_new();
    (void)sb_loop_run_task(loop, sb_task_spawn(loop, "crawl", crawl, run));
    sb_loop_free(loop);
    (void)sb_extract_drop_repeats(run->pages, run->page_count);
    for (size_t i = 0; i < run->page_count; i++)
        print_page(run->pages[i]);
    status = run->status ? 1 : 0;
    talloc_free(run);
    return status;
}
