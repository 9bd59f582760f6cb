/* SPDX-License-Identifier: Apache-2.0
 *
 * Roles: what a provider can be to the core. Each role is a sized table of
 * functions. Functions marked [task] run in a task of the host: they may call any
 * host service that suspends, read like straight-line code, and return exactly
 * once, which is the one terminal event. When the host cancels the call, the
 * service that the plugin waits in returns SB_ECANCELED: clean up and return it.
 * `state` is what the plugin's start() made for this instance.
 */
#ifndef SWITCHBOARD_ROLES_H
#define SWITCHBOARD_ROLES_H

#include <switchboard/err.h>
#include <switchboard/turn.h>

/* ---- llm: the next reply ------------------------------------------------- */

enum sb_llm_ability {
    SB_LLM_STREAMS = 1 << 0, /* hands on text as it is made */
    SB_LLM_TOOLS = 1 << 1,   /* can call tools */
    SB_LLM_IMAGES = 1 << 2,  /* accepts images */
    SB_LLM_DOCUMENTS = 1 << 3, /* accepts PDF documents */
    SB_LLM_JSON_SCHEMA = 1 << 4, /* can be held to a schema */
};

/* One layer of the system prompt, stable layers first so that vendors' prompt
 * caches hit. */
struct sb_llm_layer {
    const char *name; /* "identity", "business", "live" ... */
    const char *text;
    bool stable; /* the same for every turn of this agent */
};

enum sb_llm_role { SB_LLM_USER = 1, SB_LLM_ASSISTANT = 2, SB_LLM_TOOL = 3 };

/* A tool call that the model made earlier in this turn, or its result. */
struct sb_llm_call {
    const char *id;        /* the vendor's or the plugin's id, unique in the turn */
    const char *name;
    const char *arguments; /* JSON object */
};

struct sb_llm_message {
    int role;         /* enum sb_llm_role */
    const char *text; /* "" allowed with calls; for SB_LLM_TOOL the result as JSON */
    const struct sb_llm_call *calls; /* assistant only */
    size_t call_count;
    const char *call_id; /* SB_LLM_TOOL: which call this answers */
    bool is_error;       /* SB_LLM_TOOL: the call failed; text says why */
};

struct sb_llm_tool {
    const char *name;
    const char *description;
    const char *schema; /* JSON Schema of the arguments, an object */
};

struct sb_llm_request {
    uint32_t size;
    const struct sb_llm_layer *layers;
    size_t layer_count;
    const struct sb_llm_message *messages; /* oldest first; the last is to be answered */
    size_t message_count;
    const struct sb_llm_tool *tools;
    size_t tool_count;
    int max_tokens;          /* of the reply */
    double temperature;      /* negative: the plugin's own default */
    const char *json_schema; /* hold the reply to it, or NULL */
    const struct sb_turn *turn; /* the structured turn; NULL for background work */
    /* What the person has already been given of this very reply by another provider
     * that failed in mid-answer, or NULL. The last two messages say the same to a
     * model. Go on from there: do not repeat it, do not apologise. */
    const char *said;
};

struct sb_llm_usage {
    int64_t input_tokens, output_tokens, cached_tokens;
    double cost; /* in US dollars by the plugin's price table, 0 if free */
};

/* Where a reply goes. A non-zero return means "stop": return it from turn(). */
struct sb_llm_sink {
    uint32_t size;
    void *arg;
    int (*text)(void *arg, const char *text, size_t len); /* UTF-8, whole characters */
    int (*call)(void *arg, const struct sb_llm_call *call); /* complete arguments */
    void (*cite)(void *arg, const char *passage_id); /* a passage that was used */
    void (*confidence)(void *arg, double value);     /* 0..1, how sure the reply is */
    void (*usage)(void *arg, const struct sb_llm_usage *usage);
    void (*model)(void *arg, const char *model); /* the exact model that answers */
};

struct sb_llm_ops {
    uint32_t size;
    uint32_t abilities; /* SB_LLM_* */
    /* [task] Streams one reply. After tool calls it returns 0 with no further
     * text; the host runs the tools and calls again with their results. */
    int (*turn)(void *state, const struct sb_llm_request *request,
                const struct sb_llm_sink *sink, struct sb_err *err);
};

/* ---- embed: text to vectors ------------------------------------------------ */

struct sb_embed_ops {
    uint32_t size;
    /* The vector space's name, such as "local-hash-512-v1": vectors of different
     * spaces are never mixed. Stable for an instance. */
    const char *(*space)(void *state);
    int (*dimensions)(void *state);
    int batch; /* most texts in one call, 1..1000 */
    /* [task] Embeds `count` UTF-8 texts into `out` (count * dimensions floats,
     * row after row), each row of unit length. */
    int (*embed)(void *state, const char *const *texts, size_t count, float *out,
                 struct sb_err *err);
};

/* ---- crawl: a website to pages ---------------------------------------------- */

struct sb_crawl_request {
    uint32_t size;
    const char *url;           /* where to start, http or https */
    int max_pages;             /* pages handed on */
    int64_t max_page_bytes;    /* of one body */
    int64_t max_total_bytes;
    int delay_ms;              /* between two requests, unless robots.txt asks more */
    int parallel;              /* requests at once */
    const char *const *known;  /* NULL-terminated URLs read before, to look at again */
};

struct sb_crawl_page {
    const char *url;          /* after redirects, normalised */
    const char *found_on;     /* the page or sitemap that named it, or "" */
    int status;               /* HTTP status, or 0 when there was no answer */
    const char *content_type; /* as sent, or "" */
    const char *modified;     /* Last-Modified or the sitemap's lastmod, or "" */
    const void *body;         /* as received, decompressed; NULL on failure */
    size_t body_len;
    const char *markdown; /* the vendor's own extraction, or NULL */
    const char *title;    /* likewise, or NULL */
    const char *failed;   /* NULL, or one sentence why there is no body */
};

struct sb_crawl_sink {
    uint32_t size;
    void *arg;
    int (*found)(void *arg, int total); /* pages known of so far */
    int (*page)(void *arg, const struct sb_crawl_page *page); /* may suspend */
};

struct sb_crawl_ops {
    uint32_t size;
    /* [task] Reads the site and hands each page on; returns 0 at the end, also when
     * single pages failed. */
    int (*crawl)(void *state, const struct sb_crawl_request *request,
                 const struct sb_crawl_sink *sink, struct sb_err *err);
};

/* ---- search: nearest vectors of one agent ------------------------------------- */

struct sb_search_hit {
    int64_t id;   /* the chunk's id */
    double score; /* cosine, -1..1 */
};

/* Hands every vector of the index to `add`; it may suspend. */
struct sb_search_loader {
    uint32_t size;
    void *arg;
    int (*load)(void *arg, int (*add)(void *sink, int64_t id, const float *vector),
                void *sink, struct sb_err *err);
};

struct sb_search_query {
    uint32_t size;
    const char *index;   /* the agent's id and vector space */
    int64_t generation;  /* rises when the index changes: reload then */
    int dimensions;
    const float *vector; /* of unit length */
    int k;               /* 1..100 */
    const struct sb_search_loader *loader;
};

struct sb_search_ops {
    uint32_t size;
    /* [task] Writes up to k hits, best first, returns how many or an SB_E* code. */
    int (*search)(void *state, const struct sb_search_query *query,
                  struct sb_search_hit *hits, struct sb_err *err);
};

/* ---- vertical: what an industry needs beyond its YAML ---------------------------- */

/* A field's value by name, "" when empty. */
struct sb_vertical_case {
    uint32_t size;
    const struct sb_turn *turn;
    const char *(*field)(const struct sb_vertical_case *vcase, const char *name);
    void *arg; /* the host's own */
};

struct sb_vertical_ops {
    uint32_t size;
    /* Each is optional (NULL), quick, and does not suspend. */

    /* Adds to the lead's score beyond the template's table; writes the reason. */
    int (*score)(void *state, const struct sb_vertical_case *vcase, char *reason,
                 size_t reason_size);
    /* Urgency 0..3 beyond the template's rules; fills the rule's name and what to
     * say. Returning less than the template's level changes nothing. */
    int (*urgency)(void *state, const struct sb_vertical_case *vcase, char *rule,
                   size_t rule_size, char *say, size_t say_size);
    /* Returns 0 and the normalised value, or SB_EINVAL and what to tell the
     * person. SB_ENOTFOUND: no opinion, the core's own check decides. */
    int (*validate_field)(void *state, const struct sb_vertical_case *vcase,
                          const char *field, const char *value, char *normalised,
                          size_t normalised_size, struct sb_err *err);
    /* Is this lead worth a human's time? 1 yes, 0 no; writes the reason. */
    int (*qualify)(void *state, const struct sb_vertical_case *vcase, char *reason,
                   size_t reason_size);
    /* Which desk gets it: writes a queue name such as "plumbing". */
    int (*route)(void *state, const struct sb_vertical_case *vcase, char *queue,
                 size_t queue_size);
    /* Extra tools for the model; NULL-named end. Run by `tool`. */
    const struct sb_llm_tool *tools;
    int (*tool)(void *state, const struct sb_vertical_case *vcase, const char *name,
                const char *arguments, char *result, size_t result_size,
                struct sb_err *err);
};

#endif
