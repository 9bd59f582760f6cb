/* SPDX-License-Identifier: Apache-2.0
 *
 * See place.h. As root, everything below the root folder belongs to the user that
 * PostgreSQL runs as, so nothing in there is followed through symbolic links.
 */
#include "store/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/crypto.h"

#define SOCKET_NAME "/.s.PGSQL.5432"

/* ---- folders ---- */

static int make_parents(const char *path, struct sb_err *err)
{
    char *part = strdup(path), *slash;
    int rc = 0;

    for (slash = strchr(part + 1, '/'); !rc; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        if (mkdir(part, 0711) != 0 && errno != EEXIST)
            rc = sb_fail(err, SB_EIO, "cannot make the folder %s: %s", part,
                         strerror(errno));
        if (!slash)
            break;
        *slash = '/';
    }
    free(part);
    return rc;
}

/* A folder of 0700 that belongs to `who`. */
static int make_private(const char *path, const struct sb_who *who, struct sb_err *err)
{
    struct stat info;

    if (mkdir(path, 0700) == 0) {
        if (geteuid() == 0 && lchown(path, who->uid, who->gid) != 0)
            return sb_fail(err, SB_EIO, "cannot give %s to %s", path, who->name);
        return 0;
    }
    if (errno != EEXIST)
        return sb_fail(err, SB_EIO, "cannot make the folder %s: %s", path,
                       strerror(errno));
    if (lstat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return sb_fail(err, SB_EIO, "%s is not a folder", path);
    if (info.st_uid != who->uid)
        return sb_fail(err, SB_EAUTH,
                       "%s belongs to another user (uid %u); run as that user, or as "
                       "root",
                       path, (unsigned)info.st_uid);
    return 0;
}

/* Eight hex digits that stand for a path. */
static void short_hash(const char *path, char out[17])
{
    uint8_t digest[32];

    sb_sha256(path, strlen(path), digest);
    sb_hex(digest, 4, out);
}

/* Where the cluster of `data_dir` goes when its user cannot get there. */
static char *other_root(TALLOC_CTX *mem, const char *data_dir)
{
    char hash[17];

    short_hash(data_dir, hash);
    return talloc_asprintf(mem, "/var/lib/switchboard/%s", hash);
}

/* The socket's path must fit into sockaddr_un: a deep data folder gets one in /tmp. */
static char *socket_dir(TALLOC_CTX *mem, const struct sb_place *place)
{
    char *dir = talloc_asprintf(mem, "%s/run", place->root);
    char hash[17];

    if (strlen(dir) + strlen(SOCKET_NAME) < sizeof(((struct sockaddr_un *)0)->sun_path))
        return dir;
    short_hash(place->root, hash);
    return talloc_asprintf(mem, "/tmp/switchboard-%u-%s", (unsigned)place->who.uid,
                           hash);
}

static int make_folders(const struct sb_place *place, struct sb_err *err)
{
    int rc = make_private(place->root, &place->who, err);

    if (!rc)
        rc = make_private(place->log, &place->who, err);
    if (!rc)
        rc = make_private(place->run, &place->who, err);
    return rc;
}

static int choose_root(TALLOC_CTX *mem, const char *data_dir,
                       void (*say)(const char *step), struct sb_place *place,
                       struct sb_err *err)
{
    const char *barred = NULL;
    char *note;
    int rc;

    place->root = talloc_asprintf(mem, "%s/postgres", data_dir);
    rc = sb_who_for(access(place->root, F_OK) == 0 ? place->root : data_dir,
                    &place->who, err);
    if (rc || sb_who_reaches(mem, &place->who, place->root, &barred))
        return rc;
    place->root = other_root(mem, data_dir);
    note = talloc_asprintf(mem,
                           "the database goes to %s, because the user %s, who has to "
                           "run it, may not enter %s",
                           place->root, place->who.name, barred);
    if (say)
        say(note);
    return make_parents("/var/lib/switchboard", err);
}

static int major_of_data(const char *data)
{
    char path[PATH_MAX], text[16] = "";
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/PG_VERSION", data);
    file = fopen(path, "re");
    if (!file)
        return 0;
    if (!fgets(text, sizeof(text), file))
        *text = '\0';
    (void)fclose(file);
    return (int)strtol(text, NULL, 10);
}

static int choose_programs(TALLOC_CTX *mem, struct sb_place *place, struct sb_err *err)
{
    int major = major_of_data(place->data);

    place->bin = sb_pg_bindir(mem, major);
    if (place->bin)
        return 0;
    if (major)
        return sb_fail(err, SB_EINVAL,
                       "the database in %s was made by PostgreSQL %d, which is not "
                       "installed: install postgresql-%d, or upgrade the folder with "
                       "pg_upgrade",
                       place->data, major, major);
    return sb_fail(
        err, SB_ENOTFOUND,
        "PostgreSQL 14 or later is not installed (no postgres and initdb in "
        "/usr/lib/postgresql/*/bin or PATH): install the package postgresql, "
        "or set database.url");
}

int sb_place_find(TALLOC_CTX *mem, const char *data_dir, void (*say)(const char *step),
                  struct sb_place *place, struct sb_err *err)
{
    char real[PATH_MAX], hash[17];
    int rc = make_parents(data_dir, err);

    if (rc)
        return rc;
    if (!realpath(data_dir, real))
        return sb_fail(err, SB_EIO, "cannot use the folder %s: %s", data_dir,
                       strerror(errno));
    rc = choose_root(mem, real, say, place, err);
    if (rc)
        return rc;
    place->data = talloc_asprintf(mem, "%s/data", place->root);
    place->log = talloc_asprintf(mem, "%s/log", place->root);
    place->start_log = talloc_asprintf(mem, "%s/start.log", place->log);
    place->run = socket_dir(mem, place);
    short_hash(place->root, hash);
    place->name = talloc_asprintf(mem, "switchboard-%s", hash);
    rc = make_folders(place, err);
    return rc ? rc : choose_programs(mem, place, err);
}

/* ---- the cluster ---- */

/* Into a folder beside it, then renamed: an initdb that was killed leaves no half. */
static int run_initdb(TALLOC_CTX *mem, const struct sb_place *place, struct sb_err *err)
{
    char *fresh = talloc_asprintf(mem, "%s/data.new", place->root);
    char *program = talloc_asprintf(mem, "%s/initdb", place->bin);
    const char *clean[] = {"/bin/rm", "-rf", fresh, NULL};
    const char *argv[] = {program,
                          "-D",
                          fresh,
                          "-U",
                          SB_CLUSTER_USER,
                          "--auth-local=trust",
                          "--auth-host=reject",
                          "--encoding=UTF8",
                          "--locale=C.UTF-8",
                          "--text-search-config=english",
                          "--data-checksums",
                          "--no-sync",
                          NULL};
    int rc = 0;

    if (access(fresh, F_OK) == 0)
        rc = sb_child_run(&place->who, clean, place->start_log, err);
    if (!rc)
        rc = sb_child_run(&place->who, argv, place->start_log, err);
    if (!rc && rename(fresh, place->data) != 0)
        rc = sb_fail(err, SB_EIO, "cannot rename %s: %s", fresh, strerror(errno));
    return rc;
}

/* A sixteenth of the memory, between 16 and 128 MB: a receptionist's data are small,
 * and the system's own cache holds the rest. */
static int shared_megabytes(void)
{
    struct sysinfo info;
    unsigned long long megabytes;

    if (sysinfo(&info) != 0)
        return 32;
    megabytes = (unsigned long long)info.totalram * info.mem_unit >> 24;
    if (megabytes < 16)
        return 16;
    return megabytes > 128 ? 128 : (int)megabytes;
}

/* Personal data stay out of the log: no DETAIL lines, no statements, no parameters. */
static const char SETTINGS[] =
    "# Written at every start: put your own settings into local.conf beside this.\n"
    "listen_addresses = ''\n"
    "port = 5432\n"
    "unix_socket_permissions = 0700\n"
    "max_connections = 200\n"
    "synchronous_commit = on\n"
    "fsync = on\n"
    "wal_compression = on\n"
    "max_wal_size = 512MB\n"
    "checkpoint_timeout = 5min\n"
    "random_page_cost = 1.1\n"
    "jit = off\n"
    "max_parallel_workers_per_gather = 0\n"
    "client_connection_check_interval = 5s\n"
    "idle_in_transaction_session_timeout = 60s\n"
    "timezone = 'UTC'\n"
    "log_timezone = 'UTC'\n"
    "lc_messages = 'C'\n"
    "logging_collector = on\n"
    "log_filename = 'postgres-%a.log'\n"
    "log_truncate_on_rotation = on\n"
    "log_rotation_age = 1d\n"
    "log_rotation_size = 0\n"
    "log_file_mode = 0600\n"
    "log_error_verbosity = terse\n"
    "log_min_error_statement = panic\n"
    "log_min_duration_statement = -1\n"
    "log_checkpoints = off\n"
    "log_line_prefix = '%m [%p] '\n";

/* A new file renamed over the old one, as the cluster's user. */
static int write_file(const struct sb_place *place, const char *name, const char *text,
                      struct sb_err *err)
{
    char path[PATH_MAX], fresh[PATH_MAX];
    FILE *file;
    int fd, rc = 0;

    (void)snprintf(path, sizeof(path), "%s/%s", place->data, name);
    (void)snprintf(fresh, sizeof(fresh), "%s/%s.new", place->data, name);
    (void)unlink(fresh);
    fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    file = fd < 0 ? NULL : fdopen(fd, "we");
    if (!file) {
        if (fd >= 0)
            (void)close(fd);
        return sb_fail(err, SB_EIO, "cannot write %s: %s", fresh, strerror(errno));
    }
    if (geteuid() == 0 && fchown(fd, place->who.uid, place->who.gid) != 0)
        rc = SB_EIO;
    if (fputs(text, file) == EOF)
        rc = SB_EIO;
    if (fclose(file) != 0 || rc || rename(fresh, path) != 0)
        return sb_fail(err, SB_EIO, "cannot write %s: %s", path, strerror(errno));
    return 0;
}

/* PostgreSQL on a full disk often cannot even write down why it ends. */
static int check_space(const struct sb_place *place, bool fresh, struct sb_err *err)
{
    const unsigned long long needed = fresh ? 100 : 1;
    unsigned long long megabytes;
    struct statvfs disk;

    if (statvfs(place->root, &disk) != 0)
        return 0;
    megabytes = ((unsigned long long)disk.f_bavail * disk.f_frsize) >> 20;
    if (megabytes >= needed)
        return 0;
    return sb_fail(err, SB_EIO, "the disk is full: %llu MB are free in %s, and %s %llu",
                   megabytes, place->root,
                   fresh ? "a new database needs" : "the database needs", needed);
}

int sb_place_make(const struct sb_place *place, void (*say)(const char *step),
                  struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    bool fresh = access(place->data, F_OK) != 0;
    char *text;
    int rc = check_space(place, fresh, err);

    if (!rc && fresh) {
        if (say)
            say("making a new database");
        rc = run_initdb(mem, place, err);
        if (!rc)
            rc = write_file(place, "postgresql.conf",
                            "include 'switchboard.conf'\n"
                            "include_if_exists 'local.conf'\n",
                            err);
    }
    if (!rc) {
        text = talloc_asprintf(mem,
                               "%sshared_buffers = %dMB\ncluster_name = '%s'\n"
                               "log_directory = '../log'\n",
                               SETTINGS, shared_megabytes(), place->name);
        rc = write_file(place, "switchboard.conf", text, err);
    }
    talloc_free(mem);
    return rc;
}
