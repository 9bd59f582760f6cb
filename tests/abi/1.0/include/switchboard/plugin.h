/* SPDX-License-Identifier: Apache-2.0
 *
 * The plugin contract. A plugin is one shared object that exports one const data
 * symbol, the descriptor, made with SB_PLUGIN(). The host checks it in a child
 * process first, then maps it for good; it runs no code of a plugin whose
 * descriptor it refuses.
 *
 * Compatibility: structs only grow at the end. The host copies min(size) of what
 * it is given into zeroed memory. Another ABI major is refused, and so is a plugin
 * that asks for a newer minor than the host has.
 *
 *     static const struct sb_role roles[] = {
 *         {SB_ROLE_LLM, &llm_ops},
 *         {NULL, NULL},
 *     };
 *     SB_PLUGIN(parrot, .version = "1.0", .summary = "Says it again",
 *               .licence = "MIT", .roles = roles, .start = start, .stop = stop)
 */
#ifndef SWITCHBOARD_PLUGIN_H
#define SWITCHBOARD_PLUGIN_H

#include <switchboard/err.h>
#include <switchboard/host.h>
#include <switchboard/option.h>
#include <switchboard/roles.h>
#include <switchboard/turn.h>

#define SB_ABI_MAJOR 1
#define SB_ABI_MINOR 0
#define SB_PLUGIN_MAGIC 0x57535342u /* "BSSW" in memory on little-endian machines */

#define SB_ROLE_LLM "llm"
#define SB_ROLE_EMBED "embed"
#define SB_ROLE_CRAWL "crawl"
#define SB_ROLE_SEARCH "search"
#define SB_ROLE_VERTICAL "vertical"

/* A role that the plugin provides. `ops` points to that role's table, which begins
 * with its own size. */
struct sb_role {
    const char *name;
    const void *ops;
};

/* What comes in at /hooks/<plugin>/<path>. */
struct sb_hook_request {
    uint32_t size;
    const char *method, *path, *query; /* path below the mount, query without '?' */
    const struct sb_http_header *headers;
    size_t header_count;
    const void *body; /* raw, as received */
    size_t body_len;
    const char *tenant; /* the verified tenant's slug, or "" */
};

struct sb_hook_reply {
    uint32_t size;
    int status;               /* 0 is 204 */
    const char *content_type; /* static storage */
    char *body;               /* the host's buffer of `body_size` bytes */
    size_t body_size, body_len;
};

struct sb_plugin {
    uint32_t magic; /* SB_PLUGIN_MAGIC */
    uint16_t abi_major, abi_minor;
    uint32_t size;        /* sizeof(struct sb_plugin) as the plugin was built */
    uint32_t option_size; /* sizeof(struct sb_option), the stride of `options` */

    const char *name;    /* lower case, digits, '_'; the same as the file's name */
    const char *version; /* the plugin's own */
    const char *summary; /* one line */
    const char *licence; /* SPDX expression */

    const struct sb_option *options; /* ends with SB_OPT_END; NULL for none */
    size_t config_size;              /* bytes of the struct that the options fill */
    const char *const *hosts; /* NULL-terminated: network names it will talk to;
                               * "*" for any; NULL for no network at all */
    const struct sb_role *roles;   /* ends with a NULL name */
    const char *const *needs;      /* NULL-terminated role names, or NULL */

    /* Makes one instance. `config` is filled and outlives the instance. On success
     * `*state_r` is handed to every call. SB_EDECLINED with a sentence (a missing
     * key, say) switches this plugin off and nothing else. Must not suspend. */
    int (*start)(const struct sb_host *host, const void *config, void **state_r,
                 struct sb_err *err);
    /* Ends an instance that no call uses any more. */
    void (*stop)(void *state);

    /* [task] Optional: answers /hooks/<plugin>/... */
    int (*hook)(void *state, const struct sb_hook_request *request,
                struct sb_hook_reply *reply, struct sb_err *err);
};

/* The one exported symbol. libltdl looks it up as <name>_LTX_sb_plugin, which is
 * right for shared objects and for preloaded ones alike. */
#define SB_PLUGIN(plugin_name, ...)                                                    \
    extern const struct sb_plugin plugin_name##_LTX_sb_plugin;                         \
    __attribute__((visibility("default"))) const struct sb_plugin                      \
        plugin_name##_LTX_sb_plugin = {.magic = SB_PLUGIN_MAGIC,                       \
                                       .abi_major = SB_ABI_MAJOR,                      \
                                       .abi_minor = SB_ABI_MINOR,                      \
                                       .size = sizeof(struct sb_plugin),               \
                                       .option_size = sizeof(struct sb_option),        \
                                       .name = #plugin_name,                           \
                                       __VA_ARGS__};

#endif
