/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading server-sent events by the standard's rules, wherever the bytes are cut.
 */
#include <criterion/criterion.h>
#include <string.h>
#include "net/sse_parse.h"

/* All events as "type,id,data;" after feeding `step` bytes at a time. */
static char *events(TALLOC_CTX *mem, const char *text, size_t len, size_t step)
{
    struct sb_sse_parser *parser = sb_sse_parser_new(mem, 10000);
    char *out = talloc_strdup(mem, "");
    struct sb_sse_event event;

    for (size_t at = 0; at < len; at += step) {
        sb_sse_parser_feed(parser, text + at, len - at < step ? len - at : step);
        while (sb_sse_parser_next(parser, &event, NULL) == 1) {
            cr_assert_eq(event.data_len, strlen(event.data));
            out = talloc_asprintf_append(out, "%s,%s,%s;", event.event, event.id,
                                         event.data);
        }
    }
    return out;
}

static void gives(const char *text, const char *expected)
{
    for (size_t step = 1; step < 8; step++) {
        TALLOC_CTX *mem = talloc_new(NULL);

        cr_assert_str_eq(events(mem, text, strlen(text), step), expected);
        talloc_free(mem);
    }
}

Test(sse, the_examples_of_the_standard)
{
    gives("data: YHOO\ndata: +2\ndata: 10\n\n", "message,,YHOO\n+2\n10;");
    gives(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
          "data:  third event\n",
          "message,1,first event;message,,second event;");
    gives("data\n\ndata\ndata\n\ndata:", "message,,;message,,\n;");
    gives("data:test\n\ndata: test\n\n", "message,,test;message,,test;");
}

Test(sse, every_line_end_counts)
{
    gives("data: a\r\rdata: b\r\n\r\ndata: c\n\r", "message,,a;message,,b;message,,c;");
    gives("data: a\r\n\r\ndata: b\r\n\r\n", "message,,a;message,,b;");
}

Test(sse, a_byte_order_mark_is_skipped_once)
{
    gives("\xef\xbb\xbf"
          "data: a\n\n",
          "message,,a;");
    gives("\n\xef\xbb\xbf"
          "data: a\n\ndata: b\n\n",
          "message,,b;");
}

Test(sse, types_and_ids)
{
    gives("event: add\ndata: 1\n\ndata: 2\n\n", "add,,1;message,,2;");
    gives("id: 5\ndata: a\n\ndata: b\n\n", "message,5,a;message,5,b;");
    gives("event: x\n\ndata: a\n\n", "message,,a;");
    gives("unknown: x\ndata : no\nDATA: no\ndata: y\n\n", "message,,y;");
}

Test(sse, an_id_with_a_nul_is_ignored)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    static const char text[] = "id: a\0b\ndata: x\n\n";

    cr_assert_str_eq(events(mem, text, sizeof(text) - 1, 3), "message,,x;");
    talloc_free(mem);
}

Test(sse, broken_utf8_is_replaced)
{
    gives("data: a\xff"
          "b\n\n",
          "message,,a\xef\xbf\xbd"
          "b;");
}

Test(sse, retry_is_read_when_it_is_a_number)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_sse_parser *parser = sb_sse_parser_new(mem, 1000);
    struct sb_sse_event event;

    sb_sse_parser_feed(parser, "retry: 10x\n", 11);
    cr_assert_eq(sb_sse_parser_next(parser, &event, NULL), 0);
    cr_assert_eq(sb_sse_parser_retry(parser), -1);
    sb_sse_parser_feed(parser, "retry: 2500\n", 12);
    cr_assert_eq(sb_sse_parser_next(parser, &event, NULL), 0);
    cr_assert_eq(sb_sse_parser_retry(parser), 2500);
    talloc_free(mem);
}

Test(sse, an_event_without_end_is_refused)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_sse_parser *parser = sb_sse_parser_new(mem, 1000);
    struct sb_sse_event event;
    struct sb_err err = {0};
    int rc = 0;

    for (int i = 0; i < 200 && !rc; i++) {
        sb_sse_parser_feed(parser,
                           i % 3 ? "data: 01234567" : "89\ndata: ", i % 3 ? 14 : 9);
        rc = sb_sse_parser_next(parser, &event, &err);
    }
    cr_assert_eq(rc, SB_ELIMIT);
    talloc_free(mem);
}

Test(sse, comments_may_go_on_for_ever)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_sse_parser *parser = sb_sse_parser_new(mem, 1000);
    struct sb_sse_event event;

    for (int i = 0; i < 10000; i++) {
        sb_sse_parser_feed(parser, ": ping\n", 7);
        cr_assert_eq(sb_sse_parser_next(parser, &event, NULL), 0);
    }
    talloc_free(mem);
}
