/* SPDX-License-Identifier: Apache-2.0
 *
 * The server's configuration: etc/switchboard.yaml bound by rows, flags on top.
 * Without a file the defaults serve.
 */
#ifndef SB_CLI_CONFIG_H
#define SB_CLI_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <talloc.h>
#include <switchboard/err.h>

struct sb_buf;
struct sb_yaml;

struct sb_server_conf {
    const char *listen, *data_dir, *public_url, *tls_cert, *tls_key, *log_level;
    const char *metrics; /* "private" or "public" */
    const char **trusted_proxies;
    int64_t workers; /* 0: one a core */
    int64_t drain;   /* ms that live work may take after SIGTERM */
};
struct sb_database_conf {
    const char *url; /* "embedded" or a libpq connection string */
    int64_t connections, statement_timeout;
};
struct sb_limits_conf {
    int64_t chat_per_minute, sockets_per_address, message_bytes;
};
struct sb_network_conf {
    bool allow_private;
    const char **allow_hosts;
};

struct sb_config {
    const char *file; /* or "" */
    struct sb_server_conf server;
    struct sb_database_conf database;
    struct sb_limits_conf limits;
    struct sb_network_conf network;
    const char **plugin_path;        /* folders to look in before the built-in ones */
    const struct sb_yaml *providers; /* NAME -> options, or NULL */
    const char *tenants_dir;         /* "" when there is none */
    bool demo;                       /* load the demo tenants */
};

/* Flags that override the file; NULL or false when not given. */
struct sb_config_flags {
    const char *config, *data_dir, *listen;
    const char *allow_host; /* one more for network.allow_hosts */
    bool demo;
};

/* Reads the file named by the flags, else $SWITCHBOARD_CONFIG, else none. All memory
 * on `mem`. */
int sb_config_load(TALLOC_CTX *mem, const struct sb_config_flags *flags,
                   struct sb_config **config_r, struct sb_err *err);
/* The effective values, secrets hidden; a commented example; the reference page. */
void sb_config_show(const struct sb_config *config, struct sb_buf *out);
void sb_config_example(struct sb_buf *out);
void sb_config_reference(struct sb_buf *out);
/* Plugin folders in order, NULL-terminated. */
const char *const *sb_config_plugin_dirs(TALLOC_CTX *mem,
                                         const struct sb_config *config);

#endif
