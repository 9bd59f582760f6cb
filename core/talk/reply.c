/* SPDX-License-Identifier: Apache-2.0
 *
 * A reply on its way to the person: it is held back until a sentence is complete, the
 * sentence is checked for invented prices, numbers and hours, marks of citation are
 * taken out, and only then is it handed on. What has been handed on is what is stored.
 */
#include <string.h>
#include "base/array.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "talk/run.h"

static const char SAFE[] = "I don't want to give you a wrong number, so I'd rather not "
                           "say from memory. Shall I "
                           "take a message and have somebody get back to you?";

void sb_reply_init(struct sb_reply *reply, struct sb_run *run)
{
    memset(reply, 0, sizeof(*reply));
    reply->run = run;
    reply->confidence = -1;
    sb_buf_init(&reply->held, run->mem);
    sb_buf_init(&reply->out, run->mem);
    sb_claims_init(&reply->facts, run->mem);
    sb_claims_init(&reply->agreed, run->mem);
}

static void hand_on(struct sb_reply *reply, const char *text, size_t len)
{
    const struct sb_turn_sink *sink = reply->run->sink;

    if (len == 0 || reply->stopped)
        return;
    if (reply->out.len == 0)
        reply->first_us = sb_clock_mono_us() - reply->run->started_us;
    sb_buf_add(&reply->out, text, len);
    if (sink && sink->text && sink->text(sink->arg, text, len))
        reply->stopped = true;
}

/* ---- what may be stated ---- */

static void gather(struct sb_reply *reply)
{
    const struct sb_run *run = reply->run;
    const struct sb_template *tpl = run->agent->tpl;
    const struct sb_turn *t = &run->turn;
    size_t i;

    for (i = 0; i < run->found.count; i++) {
        const struct sb_passage *p = &run->found.passages[i];

        sb_claims_add(&reply->facts, p->title);
        sb_claims_add(&reply->facts, p->heading);
        sb_claims_add(&reply->facts, p->text);
        sb_claims_add(&reply->facts, p->conflict);
    }
    sb_claims_add(&reply->facts, t->phone);
    /* "We're at 5 Main Street" reads like a time of day. */
    sb_claims_add(&reply->facts, talloc_asprintf(run->mem, "at %s", t->address));
    sb_claims_add(&reply->facts, t->hours_today);
    sb_claims_add(&reply->facts, t->hours_week);
    sb_claims_add(&reply->facts, t->next_open);
    sb_claims_add(&reply->facts, t->now_spoken);
    sb_claims_add(&reply->facts, t->urgency.say);
    sb_claims_add(&reply->facts, t->refuse);
    for (i = 0; i < t->phrase_count; i++)
        sb_claims_add(&reply->facts, t->phrases[i].text);
    for (i = 0; i < tpl->service_count; i++)
        sb_claims_add(&reply->facts, tpl->services[i].price);
    for (i = 0; i < tpl->faq_count; i++)
        sb_claims_add(&reply->facts, tpl->faqs[i].answer);
    for (i = 0; i < tpl->field_count; i++) {
        sb_claims_add(&reply->facts, tpl->fields[i].ask);
        sb_claims_add(&reply->facts, tpl->fields[i].retry);
    }
    sb_claims_add(&reply->facts, sb_buf_str(&run->tool_texts));
    /* What we said before was checked before. */
    for (i = 0; i < run->conv.history_count; i++)
        if (run->conv.history[i].ours)
            sb_claims_add(&reply->facts, run->conv.history[i].text);
    for (i = 0; i < t->memory_count; i++)
        sb_claims_add(&reply->agreed, t->memories[i].summary);
    for (i = 0; i < run->intake.count; i++)
        sb_claims_add(&reply->facts, run->intake.fields[i].spoken);
    for (i = 0; i < run->heard_count; i++)
        sb_claims_add(&reply->agreed, run->heard[i].spoken);
    sb_claims_add(&reply->agreed, run->intake.message);
    sb_claims_add(&reply->agreed, run->message);
    reply->gathered = true;
}

static bool may_be_stated(struct sb_reply *reply, const char *sentence)
{
    struct sb_claims said;

    /* Most sentences state nothing of the kind: then no source is read either. */
    if (!strpbrk(sentence, "0123456789$") && !strstr(sentence, "noon") &&
        !strstr(sentence, "midnight") && !strstr(sentence, "dollar") &&
        !strstr(sentence, "o'clock"))
        return true;
    sb_claims_init(&said, reply->run->mem);
    sb_claims_add(&said, sentence);
    if (said.count == 0)
        return true;
    if (!reply->gathered)
        gather(reply);
    if (sb_verbatim_ok(reply->run->mem, sentence, &reply->facts, &reply->agreed))
        return true;
    /* A tool may have found more since the sources were read. */
    sb_claims_add(&reply->facts, sb_buf_str(&reply->run->tool_texts));
    return sb_verbatim_ok(reply->run->mem, sentence, &reply->facts, &reply->agreed);
}

/* ---- citations ---- */

void sb_reply_cite(struct sb_reply *reply, const char *passage_id)
{
    size_t i;

    for (i = 0; i < reply->cited_count; i++)
        if (strcmp(reply->cited[i], passage_id) == 0)
            return;
    if (reply->cited_count < sizeof(reply->cited) / sizeof(reply->cited[0]))
        reply->cited[reply->cited_count++] = talloc_strdup(reply->run->mem, passage_id);
}

/* "[[p2]]" names the second passage; "[[id]]" one by its id. */
static void cite_mark(struct sb_reply *reply, const char *mark)
{
    const struct sb_found *found = &reply->run->found;
    long number = mark[0] == 'p' ? strtol(mark + 1, NULL, 10) : 0;

    if (number >= 1 && (size_t)number <= found->count)
        sb_reply_cite(reply, found->passages[number - 1].id);
    else
        sb_reply_cite(reply, mark);
}

/* Takes the marks out of a sentence, in place. */
static void strip_marks(struct sb_reply *reply, char *text)
{
    char *in = text, *out = text, *end;

    while (*in) {
        end = in[0] == '[' && in[1] == '[' ? strstr(in, "]]") : NULL;
        if (end && end - in < 90) {
            *end = '\0';
            cite_mark(reply, in + 2);
            in = end + 2;
            /* The blank before a mark goes with it. */
            if (out > text && out[-1] == ' ' && strchr(" .,!?", *in))
                out--;
            continue;
        }
        *out++ = *in++;
    }
    *out = '\0';
}

/* ---- sentences ---- */

/* What the rules had us say at once, a model may say again: once is enough. */
static bool said_already(const struct sb_reply *reply, const char *sentence)
{
    const char *say = reply->run->urgency.say;
    char *bare;

    if (!say || !*say)
        return false;
    bare = sb_text_trim(talloc_strdup(reply->run->mem, sentence));
    return strlen(bare) > 10 && strstr(say, bare);
}

static void let_out(struct sb_reply *reply, const char *text, size_t len)
{
    char *sentence;
    size_t room;

    if (reply->refused || reply->stopped || len == 0)
        return;
    sentence = talloc_strndup(reply->run->mem, text, len);
    strip_marks(reply, sentence);
    if (!may_be_stated(reply, sentence)) {
        reply->refused = true;
        sb_reply_own(reply, SAFE);
        return;
    }
    if (said_already(reply, sentence))
        return;
    /* Our own words first, then the model's. */
    if (reply->own_last && *sentence != ' ' && *sentence != '\n')
        hand_on(reply, " ", 1);
    reply->own_last = false;
    room = reply->out.len < SB_RUN_REPLY ? SB_RUN_REPLY - reply->out.len : 0;
    len = strlen(sentence);
    if (len > room) {
        reply->refused = true; /* endless: nothing more goes out */
        return;
    }
    hand_on(reply, sentence, len);
}

/* The end of the first whole sentence in what is held, 0 while there is none. "7 a.m."
 * may end one or not: text that continues in lower case goes on. */
static size_t sentence_end(const char *text, size_t len)
{
    size_t i;

    for (i = 0; i + 1 < len; i++) {
        if (text[i] == '\n')
            return i + 1;
        if ((text[i] != '.' && text[i] != '!' && text[i] != '?') ||
            (text[i + 1] != ' ' && text[i + 1] != '\n'))
            continue;
        if (i + 2 >= len)
            return 0;
        if (text[i] == '.' && ((text[i + 2] >= 'a' && text[i + 2] <= 'z') ||
                               (text[i + 2] >= '0' && text[i + 2] <= '9')))
            continue;
        /* The mark of citation after a sentence belongs to it. */
        if (text[i + 2] == '[')
            continue;
        return i + 2;
    }
    return 0;
}

int sb_reply_text(struct sb_reply *reply, const char *text, size_t len)
{
    size_t end, at = 0;

    if (reply->refused || reply->stopped)
        return 1;
    sb_buf_add(&reply->held, text, len);
    if (reply->held.len > 4 * SB_RUN_REPLY)
        reply->refused = true;
    while ((end = sentence_end(reply->held.data + at, reply->held.len - at)) > 0) {
        let_out(reply, reply->held.data + at, end);
        at += end;
    }
    if (at > 0) {
        char *rest = talloc_strdup(reply->run->mem, reply->held.data + at);

        sb_buf_reset(&reply->held);
        sb_buf_puts(&reply->held, rest);
        talloc_free(rest);
    }
    return reply->refused || reply->stopped;
}

void sb_reply_flush(struct sb_reply *reply)
{
    if (reply->held.len)
        let_out(reply, reply->held.data, reply->held.len);
    sb_buf_reset(&reply->held);
}

void sb_reply_own(struct sb_reply *reply, const char *text)
{
    char last = reply->out.len ? reply->out.data[reply->out.len - 1] : ' ';

    if (last != ' ' && last != '\n')
        hand_on(reply, " ", 1);
    hand_on(reply, text, strlen(text));
    reply->own_last = true;
}

char *sb_reply_sources(const struct sb_reply *reply, struct sb_turn_out *out)
{
    struct sb_run *run = reply->run;
    struct sb_source *sources =
        sb_array(run->mem, struct sb_source, reply->cited_count + 1);
    json_t *list = json_array();
    size_t i, j, n = 0;
    char *text;

    for (i = 0; i < reply->cited_count && !reply->refused; i++)
        for (j = 0; j < run->found.count; j++) {
            const struct sb_passage *p = &run->found.passages[j];

            if (strcmp(p->id, reply->cited[i]) != 0)
                continue;
            sources[n++] = (struct sb_source){
                .title = p->title, .url = p->url ? p->url : "", .score = p->score};
            json_array_append_new(
                list, json_pack("{s:s, s:s, s:f}", "title", p->title ? p->title : "",
                                "url", p->url ? p->url : "", "score", p->score));
            break;
        }
    out->sources = sources;
    out->source_count = n;
    text = sb_json_text(run->mem, list, false);
    json_decref(list);
    return text;
}
