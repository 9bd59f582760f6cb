/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tools answered in this turn: the messages after the person's last one hold
 * our calls and the host's results, matched by the call's id.
 */
#include "brain.h"

#include <string.h>

static const char *copied(struct brain *b, const struct sb_json_node *node)
{
    const char *text = b->host->json_string(node);

    return arena_copy(&b->arena, text, strlen(text));
}

static int truth(const struct brain *b, const struct sb_json_node *root,
                 const char *key)
{
    size_t i, n = b->host->json_count(root);

    for (i = 0; i < n; i++)
        if (strcmp(b->host->json_key(root, i), key) == 0)
            return b->host->json_bool(b->host->json_get(root, key)) ? 1 : 0;
    return -1;
}

static void read_arguments(struct brain *b, struct result *result, const char *text)
{
    struct sb_json_doc *doc = NULL;

    result->field = "";
    if (b->host->json_parse(b->host->self, text, strlen(text), &doc, NULL))
        return;
    result->field = copied(b, b->host->json_get(b->host->json_root(doc), "field"));
    b->host->json_free(doc);
}

static void add_call(struct brain *b, const struct sb_llm_call *call)
{
    struct result *result;

    if (b->result_count == MAX_RESULTS)
        return;
    result = &b->results[b->result_count++];
    *result = (struct result){.tool = call->name,
                              .arguments = call->arguments,
                              .spoken = "",
                              .error = "",
                              .text = "",
                              .covered = -1};
    read_arguments(b, result, call->arguments);
}

/* "covered": null must stay unknown, and json_bool would say false. */
static int read_covered(struct brain *b, const struct sb_json_node *root,
                        const char *text)
{
    const char *p = strstr(text, "\"covered\"");

    if (!p)
        return -1;
    p = strchr(p, ':');
    p = p ? p + 1 + strspn(p + 1, " \t\r\n") : "";
    if (strncmp(p, "null", 4) == 0)
        return -1;
    return truth(b, root, "covered");
}

static void read_result(struct brain *b, struct result *result,
                        const struct sb_llm_message *message)
{
    const struct sb_host *host = b->host;
    struct sb_json_doc *doc = NULL;
    const struct sb_json_node *root;

    result->done = true;
    result->ok = !message->is_error;
    if (host->json_parse(host->self, message->text, strlen(message->text), &doc,
                         NULL)) {
        if (message->is_error)
            result->error = arena_copy(&b->arena, message->text, strlen(message->text));
        return;
    }
    root = host->json_root(doc);
    if (truth(b, root, "ok") == 0)
        result->ok = false;
    result->spoken = copied(b, host->json_get(root, "spoken"));
    result->error = copied(b, host->json_get(root, "error"));
    result->text = copied(b, host->json_get(root, "text"));
    result->covered = read_covered(b, root, message->text);
    host->json_free(doc);
}

static bool same_id(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* The messages of this conversation. When another provider failed in mid-answer, the
 * host has put what it said and a word to go on behind them. */
size_t own_messages(const struct sb_llm_request *request)
{
    size_t count = request->message_count;

    return request->said && *request->said && count > 2 ? count - 2 : count;
}

/* The index of the message being answered. */
static size_t last_user(const struct sb_llm_request *request)
{
    size_t i = own_messages(request);

    while (i > 0 && request->messages[i - 1].role != SB_LLM_USER)
        i--;
    return i ? i - 1 : 0;
}

static void find_before(struct brain *b, size_t last)
{
    b->before = "";
    while (last > 0)
        if (b->request->messages[--last].role == SB_LLM_USER) {
            b->before = b->request->messages[last].text;
            return;
        }
}

void brain_results(struct brain *b)
{
    const struct sb_llm_request *request = b->request;
    const char *ids[MAX_RESULTS];
    size_t last = last_user(request), i, j, k;

    find_before(b, last);
    for (i = last + 1; i < own_messages(request); i++) {
        const struct sb_llm_message *message = &request->messages[i];

        for (j = 0; j < message->call_count && b->result_count < MAX_RESULTS; j++) {
            ids[b->result_count] = message->calls[j].id;
            add_call(b, &message->calls[j]);
        }
        for (k = 0; message->role == SB_LLM_TOOL && k < b->result_count; k++)
            if (!b->results[k].done && same_id(ids[k], message->call_id)) {
                read_result(b, &b->results[k], message);
                break;
            }
    }
}

const struct result *find_result(const struct brain *b, const char *tool)
{
    size_t i;

    for (i = 0; i < b->result_count; i++)
        if (b->results[i].done && strcmp(b->results[i].tool, tool) == 0)
            return &b->results[i];
    return NULL;
}

const struct sb_field *find_field(const struct brain *b, const char *name)
{
    size_t i;

    for (i = 0; name && *name && i < b->turn->field_count; i++)
        if (strcmp(b->turn->fields[i].name, name) == 0)
            return &b->turn->fields[i];
    return NULL;
}
