/* SPDX-License-Identifier: Apache-2.0
 *
 * Running PostgreSQL's programs: which ones there are, as whom they run (never root),
 * and a child with a clean environment. Blocking.
 */
#ifndef SB_STORE_CHILD_H
#define SB_STORE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>
#include <talloc.h>
#include <switchboard/err.h>

/* Whose rights a child gets; `uid` is our own when we are not root. */
struct sb_who {
    uid_t uid;
    gid_t gid;
    char name[64];
};
/* The owner of `path` unless that is root, else postgres, else nobody. */
int sb_who_for(const char *path, struct sb_who *who, struct sb_err *err);

/* The folder that holds postgres and initdb: of major version `major`, or the newest
 * from 14 on when `major` is 0. NULL when there is none. */
char *sb_pg_bindir(TALLOC_CTX *mem, int major);

/* Starts a program in a session of its own, standard input and output on /dev/null
 * and errors appended to `log` (created as `who`). Returns its pid or a code. */
pid_t sb_child_start(const struct sb_who *who, const char *const argv[],
                     const char *log, struct sb_err *err);
/* The same, waits, and gives SB_EIO with the log's last line when it fails. */
int sb_child_run(const struct sb_who *who, const char *const argv[], const char *log,
                 struct sb_err *err);
/* The last line of a log that is about a fatal error, else its last line, or "". */
char *sb_last_words(TALLOC_CTX *mem, const char *path);

/* Can `who` reach `path` (each folder above it)? The first that bars the way goes to
 * `barred_r`, on `mem`. */
bool sb_who_reaches(TALLOC_CTX *mem, const struct sb_who *who, const char *path,
                    const char **barred_r);

#endif
