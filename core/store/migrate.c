/* SPDX-License-Identifier: Apache-2.0
 *
 * See migrate.h. The lock is a session's, so a runner that dies lets go of it; each
 * file and its row in schema_migrations are one transaction, so a file that fails
 * leaves nothing behind.
 */
#include "store/migrate.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include "base/array.h"
#include "base/crypto.h"
#include "store/pgerr.h"
#include "store/roles.h"

#define OLDEST_SERVER 140000
#define MAX_FILE (4L << 20)
#define LOCK_KEY "7345280119045" /* any number, the same for ever */

struct migration {
    int version;
    const char *name; /* "0001_foundation.sql" */
    char *sql;
    char hash[65];
    bool done;
};

struct run {
    TALLOC_CTX *mem;
    PGconn *conn;
    struct migration *files; /* by version */
    size_t count;
    int applied;
};

/* ---- reading the folder ---- */

static int read_file(TALLOC_CTX *mem, const char *path, char **text_r, size_t *len_r,
                     struct sb_err *err)
{
    FILE *file = fopen(path, "re");
    char *text;
    size_t len;

    if (!file)
        return sb_fail(err, SB_EIO, "cannot read %s: %s", path, strerror(errno));
    text = talloc_size(mem, MAX_FILE + 1);
    len = fread(text, 1, MAX_FILE + 1, file);
    (void)fclose(file);
    if (len > MAX_FILE || memchr(text, '\0', len))
        return sb_fail(err, SB_EINVAL, "%s is no SQL file of at most 4 MiB", path);
    text[len] = '\0';
    *text_r = talloc_realloc_size(mem, text, len + 1);
    *len_r = len;
    return 0;
}

/* "0042_more.sql" is 42; anything else is -1. */
static int version_of(const char *name)
{
    size_t i;

    for (i = 0; i < 4; i++) {
        if (!isdigit((unsigned char)name[i]))
            return -1;
    }
    return name[4] == '_' ? (int)strtol(name, NULL, 10) : -1;
}

static int load_file(struct run *run, const char *dir, const char *name,
                     struct sb_err *err)
{
    char *path = talloc_asprintf(run->mem, "%s/%s", dir, name);
    struct migration *file;
    uint8_t digest[32];
    size_t len = 0;
    int rc;

    run->files = talloc_realloc(run->mem, run->files, struct migration,
                                sb_array_count(run->count + 1));
    file = &run->files[run->count];
    memset(file, 0, sizeof(*file));
    file->version = version_of(name);
    if (file->version < 1)
        return sb_fail(err, SB_EINVAL, "%s is not named like 0001_subject.sql", path);
    rc = read_file(run->mem, path, &file->sql, &len, err);
    if (rc)
        return rc;
    file->name = talloc_strdup(run->mem, name);
    sb_sha256(file->sql, len, digest);
    sb_hex(digest, sizeof(digest), file->hash);
    run->count++;
    return 0;
}

static int by_version(const void *a, const void *b)
{
    const struct migration *left = a, *right = b;

    return left->version - right->version;
}

static int load_folder(struct run *run, const char *dir, struct sb_err *err)
{
    DIR *folder = opendir(dir);
    struct dirent *entry;
    size_t i;
    int rc = 0;

    if (!folder)
        return sb_fail(err, SB_EIO, "cannot read the folder of migrations %s: %s", dir,
                       strerror(errno));
    while (!rc && (entry = readdir(folder))) {
        size_t len = strlen(entry->d_name);

        if (*entry->d_name != '.' && len > 4 &&
            strcmp(entry->d_name + len - 4, ".sql") == 0)
            rc = load_file(run, dir, entry->d_name, err);
    }
    (void)closedir(folder);
    if (rc)
        return rc;
    if (run->count == 0)
        return sb_fail(err, SB_ENOTFOUND, "there are no migrations in %s", dir);
    qsort(run->files, run->count, sizeof(*run->files), by_version);
    for (i = 1; i < run->count; i++) {
        if (run->files[i].version == run->files[i - 1].version)
            return sb_fail(err, SB_EINVAL, "%s and %s have the same number",
                           run->files[i - 1].name, run->files[i].name);
    }
    return 0;
}

/* ---- the database ---- */

static int command(struct run *run, const char *sql, const char *what,
                   struct sb_err *err)
{
    PGresult *result = PQexec(run->conn, sql);
    ExecStatusType status = PQresultStatus(result);
    int rc = 0;

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        rc = sb_pg_fail(err, result, what);
    PQclear(result);
    return rc;
}

static void ignore_notice(void *arg, const PGresult *notice)
{
    (void)arg;
    (void)notice;
}

static int open_and_lock(struct run *run, const char *url, struct sb_err *err)
{
    const char *keys[] = {"dbname", "connect_timeout", "application_name", NULL};
    const char *values[] = {url, "10", "switchboard migrate", NULL};
    int version, rc;

    run->conn = PQconnectdbParams(keys, values, 1);
    if (PQstatus(run->conn) != CONNECTION_OK)
        return sb_pg_fail_conn(err, run->conn, "cannot connect to the database");
    (void)PQsetNoticeReceiver(run->conn, ignore_notice, NULL);
    version = PQserverVersion(run->conn);
    if (version < OLDEST_SERVER)
        return sb_fail(err, SB_EINVAL,
                       "the database is PostgreSQL %d, and 14 or later is needed",
                       version / 10000);
    rc = command(run,
                 "SET client_min_messages = warning; SET statement_timeout = 0;"
                 "SET lock_timeout = '60s'",
                 "cannot prepare the migration", err);
    if (!rc)
        rc = command(run, "SELECT pg_advisory_lock(" LOCK_KEY ")",
                     "waiting for another migration to end", err);
    return rc;
}

static const char CREATE_LEDGER[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    " version integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,"
    " applied_at timestamptz NOT NULL DEFAULT now())";

static struct migration *find(const struct run *run, int version)
{
    size_t i;

    for (i = 0; i < run->count; i++) {
        if (run->files[i].version == version)
            return &run->files[i];
    }
    return NULL;
}

static int check_one(struct run *run, int version, const char *name, const char *hash,
                     struct sb_err *err)
{
    struct migration *file = find(run, version);

    if (!file)
        return sb_fail(err, SB_EINVAL,
                       "the database has migration %s, which this version of "
                       "Switchboard does not know: it was made by a newer one",
                       name);
    if (strcmp(file->hash, hash) != 0)
        return sb_fail(err, SB_EINVAL,
                       "the migration %s was changed after it had been applied; "
                       "put the old file back and add a new one",
                       name);
    file->done = true;
    return 0;
}

/* Compares what the database has with what the folder has. */
static int check_ledger(struct run *run, struct sb_err *err)
{
    PGresult *done = PQexec(run->conn, "SELECT version, name, sha256"
                                       " FROM schema_migrations ORDER BY version");
    int row, rc = 0, last = 0;
    size_t i;

    if (PQresultStatus(done) != PGRES_TUPLES_OK)
        rc = sb_pg_fail(err, done, "cannot read schema_migrations");
    for (row = 0; !rc && row < PQntuples(done); row++) {
        last = (int)strtol(PQgetvalue(done, row, 0), NULL, 10);
        rc = check_one(run, last, PQgetvalue(done, row, 1), PQgetvalue(done, row, 2),
                       err);
    }
    for (i = 0; !rc && i < run->count; i++) {
        if (!run->files[i].done && run->files[i].version < last)
            rc = sb_fail(err, SB_EINVAL,
                         "the migration %s comes before the last one applied (%04d)",
                         run->files[i].name, last);
    }
    PQclear(done);
    return rc;
}

/* The line of the file at which PostgreSQL stopped, or 0. */
static int error_line(const PGresult *result, const char *sql)
{
    const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    long chars = position ? strtol(position, NULL, 10) : 0;
    int line = 1;

    if (chars <= 0)
        return 0;
    for (; *sql && chars > 1; sql++) {
        if (((unsigned char)*sql & 0xC0) != 0x80)
            chars--; /* the position counts characters, not bytes */
        if (*sql == '\n')
            line++;
    }
    return line;
}

static int run_file(struct run *run, const struct migration *file, struct sb_err *err)
{
    PGresult *result = PQexec(run->conn, file->sql);
    ExecStatusType status = PQresultStatus(result);
    char what[200];
    int rc = 0, line;

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        line = error_line(result, file->sql);
        if (line)
            (void)snprintf(what, sizeof(what), "%s line %d", file->name, line);
        else
            (void)snprintf(what, sizeof(what), "%s", file->name);
        rc = sb_pg_fail(err, result, what);
    }
    PQclear(result);
    if (!rc && PQtransactionStatus(run->conn) != PQTRANS_INTRANS)
        rc = sb_fail(err, SB_EINVAL, "%s ends its own transaction, which it must not",
                     file->name);
    return rc;
}

static int note_file(struct run *run, const struct migration *file, struct sb_err *err)
{
    char version[16];
    const char *values[] = {version, file->name, file->hash};
    PGresult *result;
    int rc = 0;

    (void)snprintf(version, sizeof(version), "%d", file->version);
    result = PQexecParams(run->conn,
                          "INSERT INTO schema_migrations (version, name, sha256)"
                          " VALUES ($1, $2, $3)",
                          3, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        rc = sb_pg_fail(err, result, file->name);
    PQclear(result);
    return rc;
}

static int apply(struct run *run, const struct migration *file, struct sb_err *err)
{
    int rc = command(run, "BEGIN", file->name, err);

    if (!rc)
        rc = run_file(run, file, err);
    if (!rc)
        rc = note_file(run, file, err);
    if (!rc)
        rc = command(run, "COMMIT", file->name, err);
    if (rc)
        PQclear(PQexec(run->conn, "ROLLBACK"));
    else
        run->applied++;
    return rc;
}

int sb_migrate(const char *url, const char *dir, int *applied_r, struct sb_err *err)
{
    struct run run = {.mem = talloc_new(NULL)};
    size_t i;
    int rc = load_folder(&run, dir, err);

    if (!rc)
        rc = open_and_lock(&run, url, err);
    if (!rc)
        rc = sb_roles_make(run.conn, err);
    if (!rc)
        rc = command(&run, CREATE_LEDGER, "cannot create schema_migrations", err);
    if (!rc)
        rc = check_ledger(&run, err);
    for (i = 0; !rc && i < run.count; i++) {
        if (!run.files[i].done)
            rc = apply(&run, &run.files[i], err);
    }
    PQfinish(run.conn); /* also lets go of the lock */
    talloc_free(run.mem);
    if (!rc && applied_r)
        *applied_r = run.applied;
    return rc;
}
