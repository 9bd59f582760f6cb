/* SPDX-License-Identifier: Apache-2.0
 *
 * See jail.h. The child says "key\ttext\n" lines; the parent keeps the last stage to
 * name it when things go wrong. The child's own process group lets us end whatever it
 * may have started.
 */
#define _GNU_SOURCE /* pipe2, closefrom, pthread_getattr_np */
#include "host/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define LINE_MAX_BYTES 8192
#define TOTAL_MAX_BYTES (1024 * 1024)
#define GUARD_BYTES (64u * 1024 * 1024) /* a frame that jumps over it is seen too */
#define MEMORY_BYTES (4ull * 1024 * 1024 * 1024)

/* Words that the two ends say to each other, besides the caller's. */
#define KEY_STAGE "\x01stage"
#define KEY_DONE                                                                       \
    "\x01"                                                                             \
    "done"
#define KEY_STACK "\x01stack"
#define KEY_EXIT                                                                       \
    "\x01"                                                                             \
    "exit"

struct sb_jail {
    int fd;
    void (*fn)(struct sb_jail *jail, void *arg);
    void *arg;
};

struct parent {
    pid_t pid;
    int fd;
    bool done, ended, stack, exited;
    int status;
    size_t total, len;
    char buf[LINE_MAX_BYTES + 64];
    void (*line)(void *line_arg, const char *key, const char *text);
    void *line_arg;
    struct sb_jail_result *result;
};

/* ---- the child ---- */

/* For the handlers, which get no argument. Only ever set in a child. */
static int child_fd = -1;
static uintptr_t stack_low;

static void put(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        data += n;
        len -= (size_t)n;
    }
}

void sb_jail_say(struct sb_jail *jail, const char *key, const char *text)
{
    char out[LINE_MAX_BYTES + 64];
    int len =
        snprintf(out, sizeof(out) - 1, "%.50s\t%.*s", key, LINE_MAX_BYTES - 2, text);

    if (len < 0)
        return;
    if (len > (int)sizeof(out) - 2)
        len = (int)sizeof(out) - 2;
    for (char *at = strchr(out, '\t') + 1; *at; at++)
        if ((unsigned char)*at < ' ')
            *at = ' ';
    out[len] = '\n';
    put(jail->fd, out, (size_t)len + 1);
}

void sb_jail_stage(struct sb_jail *jail, const char *stage)
{
    sb_jail_say(jail, KEY_STAGE, stage);
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
    uintptr_t at = (uintptr_t)info->si_addr;

    (void)context;
    if (stack_low && at >= stack_low - GUARD_BYTES && at < stack_low + 4096)
        put(child_fd, KEY_STACK "\t\n", sizeof(KEY_STACK "\t\n") - 1);
    (void)signal(sig, SIG_DFL);
    (void)raise(sig);
}

/* Registered last, so it runs first: the parent's own exit handlers stay unrun. */
static void on_leave(int status, void *arg)
{
    char out[64];
    int len = snprintf(out, sizeof(out), KEY_EXIT "\t%d\n", status);

    (void)arg;
    put(child_fd, out, (size_t)len);
    _exit(status);
}

static void catch_faults(void)
{
    static const int faults[] = {SIGSEGV, SIGBUS};
    struct sigaction action = {.sa_sigaction = on_fault,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    static char other_stack[64 * 1024];
    stack_t other = {.ss_sp = other_stack, .ss_size = sizeof(other_stack)};

    (void)sigaltstack(&other, NULL);
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        (void)sigaction(faults[i], &action, NULL);
}

static void *on_small_stack(void *arg)
{
    struct sb_jail *jail = arg;
    pthread_attr_t attr;
    void *low;
    size_t size;

    if (pthread_getattr_np(pthread_self(), &attr) == 0) {
        if (pthread_attr_getstack(&attr, &low, &size) == 0)
            stack_low = (uintptr_t)low;
        (void)pthread_attr_destroy(&attr);
    }
    catch_faults();
    jail->fn(jail, jail->arg);
    sb_jail_say(jail, KEY_DONE, "");
    /* Not by returning: a sanitizer would free our signal stack as its own. */
    _exit(0);
}

static void run_in_thread(struct sb_jail *jail, size_t stack)
{
    pthread_attr_t attr;
    pthread_t thread;

    if (pthread_attr_init(&attr) != 0 || pthread_attr_setstacksize(&attr, stack) != 0 ||
        pthread_attr_setguardsize(&attr, GUARD_BYTES) != 0 ||
        pthread_create(&thread, &attr, on_small_stack, jail) != 0)
        _exit(125);
    (void)pthread_join(thread, NULL);
}

static void limit(int what, rlim_t value)
{
    struct rlimit now;

    if (getrlimit(what, &now) != 0)
        return;
    if (now.rlim_max != RLIM_INFINITY && value > now.rlim_max)
        value = now.rlim_max;
    now.rlim_cur = value;
    (void)setrlimit(what, &now);
}

static void set_limits(const struct sb_jail_conf *conf)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, (rlim_t)conf->deadline_ms / 1000 + 2);
    limit(RLIMIT_NOFILE, 256);
    limit(RLIMIT_FSIZE, 0);
#if !defined(__SANITIZE_ADDRESS__)
    /* The sanitizers reserve terabytes of addresses. */
    limit(RLIMIT_AS, MEMORY_BYTES);
#endif
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* Handlers of the parent (a sanitizer's, a test runner's) would hide the signal. */
static void reset_signals(void)
{
    sigset_t none;

    for (int sig = 1; sig < 32; sig++)
        (void)signal(sig, SIG_DFL);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Nothing of the parent's stays open: no socket, no database, no terminal. */
static void keep_only(int fd)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int std = 0; std < 3 && null >= 0; std++)
        (void)dup2(null, std);
    if (fd != 3)
        (void)dup2(fd, 3);
    closefrom(4);
}

static _Noreturn void child(const struct sb_jail_conf *conf, struct sb_jail *jail)
{
    (void)setpgid(0, 0);
    keep_only(jail->fd);
    jail->fd = child_fd = 3;
    reset_signals();
    set_limits(conf);
    (void)on_exit(on_leave, NULL);
    if (conf->stack) {
        run_in_thread(jail, conf->stack);
    } else {
        jail->fn(jail, jail->arg);
        sb_jail_say(jail, KEY_DONE, "");
    }
    _exit(0);
}

/* ---- the parent ---- */

static void take_line(struct parent *parent, char *line)
{
    char *tab = strchr(line, '\t');

    if (!tab)
        return;
    *tab = '\0';
    if (strcmp(line, KEY_STAGE) == 0) {
        (void)snprintf(parent->result->stage, sizeof(parent->result->stage), "%s",
                       tab + 1);
    } else if (strcmp(line, KEY_DONE) == 0) {
        parent->done = true;
    } else if (strcmp(line, KEY_STACK) == 0) {
        parent->stack = true;
    } else if (strcmp(line, KEY_EXIT) == 0) {
        parent->exited = true;
        parent->result->detail = (int)strtol(tab + 1, NULL, 10);
    } else if (parent->line) {
        parent->line(parent->line_arg, line, tab + 1);
    }
}

static void take_bytes(struct parent *parent)
{
    char *start = parent->buf, *end;

    parent->buf[parent->len] = '\0';
    while ((end = memchr(start, '\n', parent->len - (size_t)(start - parent->buf)))) {
        *end = '\0';
        take_line(parent, start);
        start = end + 1;
    }
    parent->len -= (size_t)(start - parent->buf);
    memmove(parent->buf, start, parent->len);
    if (parent->len == sizeof(parent->buf) - 1)
        parent->len = 0; /* a line longer than any of ours: noise */
}

/* False when there is nothing more to come. */
static bool read_some(struct parent *parent)
{
    ssize_t n = read(parent->fd, parent->buf + parent->len,
                     sizeof(parent->buf) - 1 - parent->len);

    if (n < 0)
        return errno == EINTR || errno == EAGAIN;
    if (n == 0)
        return false;
    parent->total += (size_t)n;
    parent->len += (size_t)n;
    take_bytes(parent);
    return parent->total < TOTAL_MAX_BYTES;
}

/* Leaves the zombie: its process id must stay taken until its group is ended. */
static bool has_ended(struct parent *parent)
{
    siginfo_t info = {0};

    if (!parent->ended &&
        waitid(P_PID, (id_t)parent->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0)
        parent->ended = info.si_pid == parent->pid;
    return parent->ended;
}

static void reap(struct parent *parent)
{
    while (waitpid(parent->pid, &parent->status, 0) < 0 && errno == EINTR)
        ;
}

/* A child of the child may hold the pipe open, so its end is not the only sign. */
static void listen_until(struct parent *parent, int64_t deadline)
{
    struct pollfd pfd = {.fd = parent->fd, .events = POLLIN};
    bool more = true;

    while (more && sb_clock_mono_ms() < deadline) {
        if (poll(&pfd, 1, 20) > 0)
            more = read_some(parent);
        else if (has_ended(parent))
            break;
    }
    /* What was said before the end, should a grandchild keep the pipe open. */
    while (more && poll(&pfd, 1, 0) > 0)
        more = read_some(parent);
    while (!has_ended(parent) && sb_clock_mono_ms() < deadline)
        (void)poll(NULL, 0, 1);
}

static void judge(struct parent *parent, bool hung)
{
    struct sb_jail_result *result = parent->result;
    int status = parent->status;

    if (hung) {
        result->end = SB_JAIL_HUNG;
    } else if (parent->exited) {
        result->end = SB_JAIL_EXITED;
    } else if (parent->stack) {
        result->end = SB_JAIL_STACK;
    } else if (WIFSIGNALED(status)) {
        result->end = WTERMSIG(status) == SIGXCPU ? SB_JAIL_HUNG : SB_JAIL_CRASHED;
        result->detail = WTERMSIG(status);
    } else if (parent->done) {
        result->end = SB_JAIL_DONE;
    } else {
        result->end = SB_JAIL_EXITED;
        result->detail = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
}

static void attend(struct parent *parent, int deadline_ms)
{
    bool hung;

    listen_until(parent, sb_clock_mono_ms() + deadline_ms);
    hung = !parent->ended;
    /* The group goes too: whatever the plugin started must not outlive the probe. */
    (void)kill(-parent->pid, SIGKILL);
    (void)kill(parent->pid, SIGKILL);
    reap(parent);
    judge(parent, hung);
}

int sb_jail_run(const struct sb_jail_conf *conf,
                void (*fn)(struct sb_jail *jail, void *arg), void *arg,
                void (*line)(void *line_arg, const char *key, const char *text),
                void *line_arg, struct sb_jail_result *result, struct sb_err *err)
{
    struct sb_jail jail = {.fn = fn, .arg = arg};
    struct parent parent = {.line = line, .line_arg = line_arg, .result = result};
    int fds[2];

    memset(result, 0, sizeof(*result));
    if (pipe2(fds, O_CLOEXEC) != 0)
        return sb_fail(err, SB_EIO, "cannot make a pipe: %s", strerror(errno));
    (void)fflush(NULL);
    parent.pid = fork();
    if (parent.pid < 0) {
        (void)close(fds[0]);
        (void)close(fds[1]);
        return sb_fail(err, SB_EIO, "cannot start a child process: %s",
                       strerror(errno));
    }
    if (parent.pid == 0) {
        jail.fd = fds[1];
        child(conf, &jail);
    }
    (void)close(fds[1]);
    (void)setpgid(parent.pid, parent.pid);
    parent.fd = fds[0];
    attend(&parent, conf->deadline_ms);
    (void)close(fds[0]);
    return 0;
}

char *sb_jail_sentence(TALLOC_CTX *mem, const struct sb_jail_result *result)
{
    const char *stage = result->stage[0] ? result->stage : "its first step";

    switch (result->end) {
    case SB_JAIL_DONE: return NULL;
    case SB_JAIL_CRASHED:
        return talloc_asprintf(mem, "crashed in %s (signal %d)", stage, result->detail);
    case SB_JAIL_STACK: return talloc_asprintf(mem, "ran out of stack in %s", stage);
    case SB_JAIL_EXITED:
        return talloc_asprintf(mem, "called exit() in %s (status %d)", stage,
                               result->detail);
    case SB_JAIL_HUNG: return talloc_asprintf(mem, "hung in %s", stage);
    }
    return NULL;
}
