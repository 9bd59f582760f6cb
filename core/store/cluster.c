/* SPDX-License-Identifier: Apache-2.0
 *
 * See cluster.h. PostgreSQL outlives us when we are killed, and the next start adopts
 * it; whoever stops last stops it. A postmaster is known by its command line: its pid
 * may be a zombie, or somebody else's by now.
 */
#include "store/cluster.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <talloc.h>
#include <time.h>
#include <unistd.h>
#include "store/pgerr.h"
#include "store/place.h"

#define DATABASE "switchboard"

struct sb_cluster {
    struct sb_place place;
    char *url, *maintenance_url;
    pid_t pid;
    int users_fd; /* a shared lock for as long as we use it */
    int timeout_ms;
    void (*say)(const char *step);
};

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void nap(int ms)
{
    struct timespec pause = {ms / 1000, (ms % 1000) * 1000000L};

    (void)nanosleep(&pause, NULL);
}

static void tell(const struct sb_cluster *cluster, const char *step)
{
    if (cluster->say)
        cluster->say(step);
}

/* ---- its processes ---- */

/* The command line with spaces for NULs; a zombie has none. */
static bool command_line(pid_t pid, char *out, size_t size)
{
    char path[64];
    ssize_t len, i;
    int fd;

    (void)snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    len = read(fd, out, size - 1);
    (void)close(fd);
    if (len <= 0)
        return false;
    for (i = 0; i < len; i++) {
        if (out[i] == '\0')
            out[i] = ' ';
    }
    out[len] = '\0';
    return true;
}

static bool is_postmaster(const struct sb_cluster *cluster, pid_t pid)
{
    char line[PATH_MAX * 2], wanted[PATH_MAX + 8];

    if (pid <= 0 || !command_line(pid, line, sizeof(line)))
        return false;
    (void)snprintf(wanted, sizeof(wanted), " -D %s ", cluster->place.data);
    return strstr(line, "/postgres ") && strstr(line, wanted);
}

/* Containers see each other's processes when they share a pid namespace, and a folder
 * has the same name in each. A backend works in its data folder; where that may not be
 * looked at, the name has to do. */
static bool is_elsewhere(const struct sb_cluster *cluster, pid_t pid)
{
    char path[64];
    struct stat there, here;

    (void)snprintf(path, sizeof(path), "/proc/%d/cwd", (int)pid);
    return stat(path, &there) == 0 && stat(cluster->place.data, &here) == 0 &&
           (there.st_dev != here.st_dev || there.st_ino != here.st_ino);
}

/* Sends `sig` (0: none) to backends whose postmaster is gone; how many there are. */
static int orphans(const struct sb_cluster *cluster, int sig)
{
    char line[PATH_MAX * 2], title[128];
    struct dirent *entry;
    DIR *proc = opendir("/proc");
    int count = 0;

    (void)snprintf(title, sizeof(title), "postgres: %s: ", cluster->place.name);
    while (proc && (entry = readdir(proc))) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

        if (pid <= 0 || !command_line(pid, line, sizeof(line)) ||
            strncmp(line, title, strlen(title)) != 0 || is_elsewhere(cluster, pid))
            continue;
        count++;
        if (sig)
            (void)kill(pid, sig);
    }
    if (proc)
        (void)closedir(proc);
    return count;
}

static pid_t pid_of_file(const struct sb_cluster *cluster)
{
    char path[PATH_MAX], line[32] = "";
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/postmaster.pid", cluster->place.data);
    file = fopen(path, "re");
    if (!file)
        return 0;
    if (!fgets(line, sizeof(line), file))
        *line = '\0';
    (void)fclose(file);
    return (pid_t)strtol(line, NULL, 10);
}

/* The pid files of a postmaster that is no more would stop the next one where its pid
 * is a zombie or in use again. They go only after the last backend has gone: two
 * generations must never touch the same files. */
static int clear_stale(const struct sb_cluster *cluster, struct sb_err *err)
{
    char path[PATH_MAX];
    int64_t began = now_ms();

    while (orphans(cluster, 0) > 0) {
        int64_t waited = now_ms() - began;

        if (waited > 10000)
            return sb_fail(err, SB_EIO,
                           "processes of an earlier PostgreSQL in %s do "
                           "not end",
                           cluster->place.data);
        if (waited > 2000)
            (void)orphans(cluster, waited > 5000 ? SIGKILL : SIGQUIT);
        nap(20);
    }
    (void)snprintf(path, sizeof(path), "%s/.s.PGSQL.5432.lock", cluster->place.run);
    (void)unlink(path);
    (void)snprintf(path, sizeof(path), "%s/postmaster.pid", cluster->place.data);
    if (unlink(path) != 0 && errno != ENOENT)
        return sb_fail(err, SB_EIO, "cannot remove %s: %s", path, strerror(errno));
    return 0;
}

/* ---- starting ---- */

static int spawn(struct sb_cluster *cluster, struct sb_err *err)
{
    struct sb_place *place = &cluster->place;
    char *program = talloc_asprintf(NULL, "%s/postgres", place->bin);
    const char *argv[] = {program, "-D", place->data, "-k", place->run, NULL};
    pid_t pid;

    (void)unlink(place->start_log);
    pid = sb_child_start(&place->who, argv, place->start_log, err);
    talloc_free(program);
    if (pid < 0)
        return (int)pid;
    cluster->pid = pid;
    return 0;
}

/* Reaps it if it is our child and has ended; one that is just dying has lost its
 * command line already, and is waited for. */
static bool is_running(const struct sb_cluster *cluster)
{
    if (waitpid(cluster->pid, NULL, WNOHANG) == cluster->pid)
        return false;
    if (is_postmaster(cluster, cluster->pid))
        return true;
    (void)waitpid(cluster->pid, NULL, 0);
    return false;
}

static bool has_ended(const struct sb_cluster *cluster)
{
    pid_t got = waitpid(cluster->pid, NULL, WNOHANG);

    if (got == cluster->pid)
        return true;
    /* Not our child: gone, or a child that has not come to its exec yet. */
    return got < 0 && !is_postmaster(cluster, cluster->pid);
}

/* Its reason is in the log of the day, unless it ended before it had one. */
static int fail_ended(const struct sb_cluster *cluster, struct sb_err *err)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    time_t now = time(NULL);
    char day[8], *line = sb_last_words(mem, cluster->place.start_log), *later;
    struct tm tm;

    (void)strftime(day, sizeof(day), "%a", gmtime_r(&now, &tm));
    later = sb_last_words(
        mem, talloc_asprintf(mem, "%s/postgres-%s.log", cluster->place.log, day));
    if (!strstr(line, "FATAL:") && strstr(later, "FATAL:"))
        line = later;
    (void)sb_fail(err, SB_EIO, "PostgreSQL ended at once: %s (see %s)",
                  *line ? line : "it said nothing", cluster->place.log);
    talloc_free(mem);
    return SB_EIO;
}

/* The last line of its pid file says how far it is: asking it any earlier would only
 * fill its log with refusals. */
static bool says_ready(const struct sb_cluster *cluster)
{
    char path[PATH_MAX], line[PATH_MAX];
    bool ready = false;
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/postmaster.pid", cluster->place.data);
    file = fopen(path, "re");
    while (file && fgets(line, sizeof(line), file))
        ready = strncmp(line, "ready", 5) == 0;
    if (file)
        (void)fclose(file);
    return ready;
}

static int wait_ready(struct sb_cluster *cluster, struct sb_err *err)
{
    int64_t until = now_ms() + cluster->timeout_ms;

    while (!says_ready(cluster) || PQping(cluster->maintenance_url) != PQPING_OK) {
        if (has_ended(cluster))
            return fail_ended(cluster, err);
        if (now_ms() > until)
            return sb_fail(err, SB_ETIMEDOUT,
                           "PostgreSQL (pid %d) does not answer within %d s (see %s)",
                           (int)cluster->pid, cluster->timeout_ms / 1000,
                           cluster->place.log);
        nap(2);
    }
    return 0;
}

static int create_database(struct sb_cluster *cluster, struct sb_err *err)
{
    PGconn *conn = PQconnectdb(cluster->maintenance_url);
    PGresult *result;
    int rc = 0;

    if (PQstatus(conn) != CONNECTION_OK) {
        rc = sb_pg_fail_conn(err, conn, "cannot connect to the new database");
        PQfinish(conn);
        return rc;
    }
    result = PQexec(conn, "SELECT 1 FROM pg_database WHERE datname = '" DATABASE "'");
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 0) {
        PQclear(result);
        result = PQexec(conn, "CREATE DATABASE " DATABASE);
    }
    if (PQresultStatus(result) != PGRES_TUPLES_OK &&
        PQresultStatus(result) != PGRES_COMMAND_OK)
        rc = sb_pg_fail(err, result, "cannot create the database");
    PQclear(result);
    PQfinish(conn);
    return rc;
}

/* Opens a lock file of the place and takes it; the descriptor or a code. */
static int take_lock(const struct sb_place *place, const char *name, int how,
                     struct sb_err *err)
{
    char path[PATH_MAX];
    int fd;

    (void)snprintf(path, sizeof(path), "%s/%s", place->root, name);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return sb_fail(err, SB_EIO, "cannot open %s: %s", path, strerror(errno));
    if (geteuid() == 0 && fchown(fd, place->who.uid, place->who.gid) != 0) {
        (void)close(fd);
        return sb_fail(err, SB_EIO, "cannot give %s to %s", path, place->who.name);
    }
    while (flock(fd, how) != 0) {
        if (errno == EINTR)
            continue;
        (void)close(fd);
        return sb_fail(err, SB_EIO, "cannot lock %s: %s", path, strerror(errno));
    }
    return fd;
}

/* Adopts the running one, or makes what is missing and starts it. */
static int bring_up(struct sb_cluster *cluster, struct sb_err *err)
{
    pid_t running = pid_of_file(cluster);
    int rc;

    if (is_postmaster(cluster, running)) {
        cluster->pid = running;
        return wait_ready(cluster, err);
    }
    rc = clear_stale(cluster, err);
    if (!rc)
        rc = sb_place_make(&cluster->place, cluster->say, err);
    if (rc)
        return rc;
    tell(cluster, "starting the database");
    rc = spawn(cluster, err);
    return rc ? rc : wait_ready(cluster, err);
}

static int bring_up_alone(struct sb_cluster *cluster, struct sb_err *err)
{
    int lock = take_lock(&cluster->place, "start.lock", LOCK_EX, err), rc;

    if (lock < 0)
        return lock;
    rc = bring_up(cluster, err);
    if (!rc)
        rc = create_database(cluster, err);
    if (!rc && cluster->users_fd < 0) {
        cluster->users_fd = take_lock(&cluster->place, "users.lock", LOCK_SH, err);
        if (cluster->users_fd < 0)
            rc = cluster->users_fd;
    }
    (void)close(lock);
    return rc;
}

/* A value of a connection string: quotes and backslashes escaped. */
static char *quoted(TALLOC_CTX *mem, const char *value)
{
    char *out = talloc_size(mem, strlen(value) * 2 + 1), *at = out;

    for (; *value; value++) {
        if (*value == '\'' || *value == '\\')
            *at++ = '\\';
        *at++ = *value;
    }
    *at = '\0';
    return out;
}

static char *make_url(struct sb_cluster *cluster, const char *database)
{
    return talloc_asprintf(cluster,
                           "host='%s' port=5432 user=" SB_CLUSTER_USER " dbname=%s",
                           quoted(cluster, cluster->place.run), database);
}

int sb_cluster_start(const char *data_dir, int timeout_ms,
                     void (*say)(const char *step), struct sb_cluster **cluster_r,
                     struct sb_err *err)
{
    struct sb_cluster *cluster = talloc_zero(NULL, struct sb_cluster);
    int rc;

    cluster->users_fd = -1;
    cluster->timeout_ms = timeout_ms;
    cluster->say = say;
    rc = sb_place_find(cluster, data_dir, say, &cluster->place, err);
    if (!rc) {
        cluster->url = make_url(cluster, DATABASE);
        cluster->maintenance_url = make_url(cluster, "postgres");
        rc = bring_up_alone(cluster, err);
    }
    if (rc) {
        sb_cluster_free(cluster);
        return rc;
    }
    *cluster_r = cluster;
    return 0;
}

/* ---- living and ending ---- */

const char *sb_cluster_url(const struct sb_cluster *cluster)
{
    return cluster->url;
}

pid_t sb_cluster_pid(const struct sb_cluster *cluster)
{
    return cluster->pid;
}

int sb_cluster_check(struct sb_cluster *cluster, struct sb_err *err)
{
    if (is_running(cluster))
        return 0;
    return bring_up_alone(cluster, err);
}

static bool wait_end(const struct sb_cluster *cluster, int ms)
{
    int64_t until = now_ms() + ms;

    while (is_running(cluster)) {
        if (now_ms() > until)
            return false;
        nap(5);
    }
    return true;
}

void sb_cluster_stop(struct sb_cluster *cluster)
{
    if (!cluster || cluster->users_fd < 0)
        return;
    /* Another server or tool on the same data folder goes on with it. */
    if (flock(cluster->users_fd, LOCK_EX | LOCK_NB) == 0 && is_running(cluster)) {
        (void)kill(cluster->pid, SIGINT); /* fast: roll back, checkpoint, end */
        if (!wait_end(cluster, 30000)) {
            (void)kill(cluster->pid, SIGQUIT); /* at once; recovers at next start */
            (void)wait_end(cluster, 10000);
        }
        if (strncmp(cluster->place.run, "/tmp/", 5) == 0)
            (void)rmdir(cluster->place.run);
    }
    (void)close(cluster->users_fd);
    cluster->users_fd = -1;
}

void sb_cluster_free(struct sb_cluster *cluster)
{
    if (!cluster)
        return;
    if (cluster->users_fd >= 0)
        (void)close(cluster->users_fd);
    talloc_free(cluster);
}
