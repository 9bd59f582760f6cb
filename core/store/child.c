/* SPDX-License-Identifier: Apache-2.0
 *
 * See child.h. PostgreSQL refuses to run as root, so a root server hands it to
 * somebody else; the child drops its rights itself, without a helper program.
 */
#define _GNU_SOURCE /* setresuid */
#include "store/child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OLDEST_MAJOR 14
#define DEBIAN_DIR "/usr/lib/postgresql"

/* ---- as whom ---- */

static int fill_who(const struct passwd *entry, struct sb_who *who)
{
    who->uid = entry->pw_uid;
    who->gid = entry->pw_gid;
    (void)snprintf(who->name, sizeof(who->name), "%s", entry->pw_name);
    return 0;
}

int sb_who_for(const char *path, struct sb_who *who, struct sb_err *err)
{
    static const char *const NAMES[] = {"postgres", "nobody"};
    const struct passwd *entry;
    struct stat info;
    size_t i;

    if (geteuid() != 0) {
        who->uid = geteuid();
        who->gid = getegid();
        entry = getpwuid(who->uid);
        (void)snprintf(who->name, sizeof(who->name), "%s",
                       entry ? entry->pw_name : "this user");
        return 0;
    }
    if (stat(path, &info) == 0 && info.st_uid != 0) {
        entry = getpwuid(info.st_uid);
        if (entry)
            return fill_who(entry, who);
        who->uid = info.st_uid;
        who->gid = info.st_gid;
        (void)snprintf(who->name, sizeof(who->name), "uid %u", (unsigned)who->uid);
        return 0;
    }
    for (i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++) {
        entry = getpwnam(NAMES[i]);
        if (entry)
            return fill_who(entry, who);
    }
    return sb_fail(err, SB_EIO,
                   "PostgreSQL does not run as root, and there is no user postgres to "
                   "run it as");
}

static bool may_enter(const struct sb_who *who, const struct stat *info)
{
    if (who->uid == 0)
        return true;
    if (info->st_uid == who->uid)
        return info->st_mode & S_IXUSR;
    if (info->st_gid == who->gid)
        return info->st_mode & S_IXGRP;
    return info->st_mode & S_IXOTH;
}

bool sb_who_reaches(TALLOC_CTX *mem, const struct sb_who *who, const char *path,
                    const char **barred_r)
{
    char *part = talloc_strdup(mem, path);
    struct stat info;
    char *slash;

    for (slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (stat(part, &info) == 0 && !may_enter(who, &info)) {
            *barred_r = part;
            return false;
        }
        *slash = '/';
    }
    return true;
}

/* ---- which programs ---- */

static bool has_programs(const char *dir)
{
    char path[512];
    bool both;

    (void)snprintf(path, sizeof(path), "%s/postgres", dir);
    both = access(path, X_OK) == 0;
    (void)snprintf(path, sizeof(path), "%s/initdb", dir);
    return both && access(path, X_OK) == 0;
}

static int newest_debian(int wanted)
{
    DIR *dir = opendir(DEBIAN_DIR);
    struct dirent *entry;
    char path[512];
    int best = 0;

    if (!dir)
        return 0;
    while ((entry = readdir(dir))) {
        int major = (int)strtol(entry->d_name, NULL, 10);

        (void)snprintf(path, sizeof(path), DEBIAN_DIR "/%d/bin", major);
        if (major >= OLDEST_MAJOR && major > best && (!wanted || major == wanted) &&
            has_programs(path))
            best = major;
    }
    (void)closedir(dir);
    return best;
}

/* "postgres (PostgreSQL) 15.20 (Debian ...)" is 15. */
static int major_of(const char *dir)
{
    char command[600], line[200];
    const char *word;
    int major = 0;
    FILE *pipe;

    if (strchr(dir, '\''))
        return 0;
    (void)snprintf(command, sizeof(command), "'%s/postgres' --version", dir);
    pipe = popen(command, "re");
    if (!pipe)
        return 0;
    if (fgets(line, sizeof(line), pipe)) {
        word = strstr(line, "(PostgreSQL) ");
        if (word)
            major = (int)strtol(word + strlen("(PostgreSQL) "), NULL, 10);
    }
    (void)pclose(pipe);
    return major;
}

static char *search_path(TALLOC_CTX *mem, int wanted)
{
    const char *path = getenv("PATH");
    char *copy, *save = NULL, *dir;

    copy = talloc_strdup(mem, path ? path : "");
    for (dir = strtok_r(copy, ":", &save); dir; dir = strtok_r(NULL, ":", &save)) {
        char *real;
        int major;

        if (!has_programs(dir))
            continue;
        major = major_of(dir);
        if (major < OLDEST_MAJOR || (wanted && major != wanted))
            continue;
        real = talloc_strdup(mem, dir);
        return real;
    }
    return NULL;
}

char *sb_pg_bindir(TALLOC_CTX *mem, int major)
{
    int found = newest_debian(major);

    if (found)
        return talloc_asprintf(mem, DEBIAN_DIR "/%d/bin", found);
    return search_path(mem, major);
}

/* ---- children ---- */

/* Between fork and exec: only what is safe there, then exec or _exit. */
static _Noreturn void become(const char *const argv[], int log)
{
    static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin",
                locale[] = "LC_ALL=C.UTF-8", zone[] = "TZ=UTC";
    char *const environment[] = {path, locale, zone, NULL};
    /* execve() promises to leave the words alone but cannot say so in its type. */
    union {
        const char *const *in;
        char *const *out;
    } words = {.in = argv};
    int null = open("/dev/null", O_RDWR);
    sigset_t none;

    (void)setsid(); /* the terminal's Ctrl-C is for us, not for PostgreSQL */
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)umask(077);
    if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(log, 2) < 0)
        _exit(126);
    if (chdir("/") != 0)
        _exit(126);
    execve(argv[0], words.out, environment);
    _exit(127);
}

static int drop_rights(const struct sb_who *who)
{
    if (geteuid() != 0 || who->uid == 0)
        return 0;
    if (initgroups(who->name, who->gid) != 0 && setgroups(0, NULL) != 0)
        return -1;
    return setresgid(who->gid, who->gid, who->gid) == 0 &&
                   setresuid(who->uid, who->uid, who->uid) == 0
               ? 0
               : -1;
}

pid_t sb_child_start(const struct sb_who *who, const char *const argv[],
                     const char *log, struct sb_err *err)
{
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    pid_t pid;

    if (fd < 0)
        return sb_fail(err, SB_EIO, "cannot write %s: %s", log, strerror(errno));
    if (geteuid() == 0 && fchown(fd, who->uid, who->gid) != 0) {
        (void)close(fd);
        return sb_fail(err, SB_EIO, "cannot give %s to %s", log, who->name);
    }
    pid = fork();
    if (pid == 0) {
        if (drop_rights(who) != 0)
            _exit(125);
        become(argv, fd);
    }
    (void)close(fd);
    if (pid < 0)
        return sb_fail(err, SB_EIO, "cannot start %s: %s", argv[0], strerror(errno));
    return pid;
}

char *sb_last_words(TALLOC_CTX *mem, const char *path)
{
    FILE *file = fopen(path, "re");
    char line[400], last[400] = "", fatal[400] = "";

    while (file && fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = '\0';
        if (strstr(line, "FATAL:") || strstr(line, "PANIC:"))
            memcpy(fatal, line, sizeof(fatal));
        else if (*line)
            memcpy(last, line, sizeof(last));
    }
    if (file)
        (void)fclose(file);
    return talloc_strdup(mem, *fatal ? fatal : last);
}

int sb_child_run(const struct sb_who *who, const char *const argv[], const char *log,
                 struct sb_err *err)
{
    pid_t pid = sb_child_start(who, argv, log, err), got;
    char *line;
    int status = 0;

    if (pid < 0)
        return (int)pid;
    do
        got = waitpid(pid, &status, 0);
    while (got < 0 && errno == EINTR);
    if (got == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    line = sb_last_words(NULL, log);
    (void)sb_fail(err, SB_EIO, "%s failed: %s (see %s)", argv[0],
                  *line ? line : "it said nothing", log);
    talloc_free(line);
    return SB_EIO;
}
