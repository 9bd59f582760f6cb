/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests a second of the HTTP server: a server in a child process, and here a load
 * client that keeps `connections` of them busy, one request on each at a time. Both
 * share the machine, so on two cores this is about what one core serves.
 *
 *     tests/bench/bench_http [seconds]
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/task.h"
#include "net/http.h"

enum { CONNECTIONS_MAX = 512, SAMPLES_MAX = 4000000 };

/* ---- the server ---- */

static void answer(struct sb_req *req)
{
    static const char body[] =
        "{\"response\":\"We are open from nine to five on weekdays and from ten to two "
        "on Saturdays. Would you like to book a tee time, or shall I tell you about "
        "lessons and memberships first?\",\"ok\":true}";

    sb_reply_json(req, 200, body);
}

static const struct sb_route rows[] = {
    {.method = "GET", .pattern = "/api/thing", .handler = answer},
    {.method = "POST", .pattern = "/api/thing", .handler = answer, .max_body = 10000},
    {.method = NULL},
};

static void serve(int fd)
{
    struct sb_loop *loop = sb_loop_new();
    struct sb_router *router = sb_router_new(NULL);
    /* A client that is done with its ten thousand requests would have to reconnect. */
    const struct sb_http_server_conf conf = {.router = router,
                                             .limits = {.max_pipeline = 100000000}};
    struct sb_http_server *server;
    struct sb_err err = {0};

    sb_router_add(router, rows);
    if (sb_http_server_new(loop, fd, &conf, &server, &err) != 0)
        _exit(1);
    (void)sb_loop_run(loop);
    _exit(0);
}

/* ---- the load ---- */

static const char get[] = "GET /api/thing?x=1 HTTP/1.1\r\nHost: 127.0.0.1:8247\r\n"
                          "User-Agent: bench\r\nAccept: application/json\r\n\r\n";
static const char post[] =
    "POST /api/thing HTTP/1.1\r\nHost: 127.0.0.1:8247\r\nUser-Agent: bench\r\n"
    "Content-Type: application/json\r\nContent-Length: 44\r\n\r\n"
    "{\"agent_id\":\"fox-hollow\",\"message\":\"hello?\"}";

struct slot {
    int fd;
    size_t got;
    int64_t sent_us;
};

static struct slot slots[CONNECTIONS_MAX];
static int *samples;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int dial(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
        die("connect");
    return fd;
}

static void send_one(struct slot *slot, const char *request, size_t len)
{
    slot->got = 0;
    slot->sent_us = sb_clock_mono_us();
    if (send(slot->fd, request, len, MSG_NOSIGNAL) != (ssize_t)len)
        die("send");
}

/* The size of an answer; they are all alike but for the request id. */
static size_t measure(int port, const char *request, size_t len)
{
    struct slot slot = {.fd = dial(port)};
    char buf[4096];
    ssize_t n;

    send_one(&slot, request, len);
    (void)usleep(100000);
    n = recv(slot.fd, buf, sizeof(buf), 0);
    (void)close(slot.fd);
    if (n < 12 || memcmp(buf, "HTTP/1.1 200", 12) != 0)
        die("unexpected answer");
    return (size_t)n;
}

static int by_size(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Nanoseconds that the server has spent on a processor: says more than the rate on a
 * machine that has other things to do. */
static double server_ns(pid_t server)
{
    char path[64];
    FILE *file;
    double ns = 0;

    (void)snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)server);
    file = fopen(path, "re");
    if (file && fscanf(file, "%lf", &ns) != 1)
        ns = 0;
    if (file)
        (void)fclose(file);
    return ns;
}

static void report(const char *what, int connections, int count, int64_t us,
                   double cpu_ns)
{
    qsort(samples, (size_t)count, sizeof(*samples), by_size);
    printf("%-5s %4d connections %7.0f requests/s %6.1f us of CPU each   "
           "p50 %6.2f ms   p99 %6.2f ms\n",
           what, connections, count * 1e6 / (double)us, cpu_ns / 1e3 / count,
           samples[count / 2] / 1e3, samples[count - 1 - count / 100] / 1e3);
}

static void load(const char *what, pid_t server, int port, int connections, int seconds,
                 const char *request, size_t len)
{
    size_t size = measure(port, request, len);
    int poll = epoll_create1(EPOLL_CLOEXEC), count = 0;
    int64_t start, end;
    char buf[8192];
    double cpu_ns;

    for (int i = 0; i < connections; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &slots[i]};

        slots[i].fd = dial(port);
        (void)epoll_ctl(poll, EPOLL_CTL_ADD, slots[i].fd, &event);
        send_one(&slots[i], request, len);
    }
    cpu_ns = server_ns(server);
    start = sb_clock_mono_us();
    end = start + seconds * 1000000LL;
    while (sb_clock_mono_us() < end && count < SAMPLES_MAX) {
        struct epoll_event events[64];
        int n = epoll_wait(poll, events, 64, 1000);

        for (int i = 0; i < n && count < SAMPLES_MAX; i++) {
            struct slot *slot = events[i].data.ptr;
            ssize_t got = recv(slot->fd, buf, sizeof(buf), 0);

            if (got <= 0)
                die("the server closed");
            slot->got += (size_t)got;
            if (slot->got < size)
                continue;
            samples[count++] = (int)(sb_clock_mono_us() - slot->sent_us);
            send_one(slot, request, len);
        }
    }
    report(what, connections, count, sb_clock_mono_us() - start,
           server_ns(server) - cpu_ns);
    for (int i = 0; i < connections; i++)
        (void)close(slots[i].fd);
    (void)close(poll);
}

int main(int argc, char **argv)
{
    int seconds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 3;
    struct sockaddr_in address;
    socklen_t len = sizeof(address);
    struct sb_err err = {0};
    int fd = sb_http_listen("127.0.0.1:0", &err), port;
    pid_t child;

    if (fd < 0 || getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        die(err.msg);
    port = ntohs(address.sin_port);
    child = fork();
    if (child == 0)
        serve(fd);
    samples = calloc(SAMPLES_MAX, sizeof(*samples));
    if (child < 0 || !samples)
        die("fork");
    load("GET", child, port, 1, seconds, get, sizeof(get) - 1);
    load("GET", child, port, 64, seconds, get, sizeof(get) - 1);
    load("POST", child, port, 64, seconds, post, sizeof(post) - 1);
    load("GET", child, port, 512, seconds, get, sizeof(get) - 1);
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    free(samples);
    return 0;
}
