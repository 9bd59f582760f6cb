/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory of an open WebSocket with its waiting task, and of an idle keep-alive
 * connection, as the server's resident set grows; the kernel's socket buffers are not
 * in it. The clients live in a child process.
 *
 *     tests/bench/bench_ws [sockets]
 */
#include <arpa/inet.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/task.h"
#include "net/http.h"
#include "net/ws.h"

static int open_sockets;

static void chat(struct sb_req *req)
{
    struct sb_ws_message message;
    struct sb_ws *ws;

    if (sb_ws_accept(req, NULL, &ws) != 0)
        return;
    open_sockets++;
    while (sb_ws_read(ws, &message, -1, NULL) == 1)
        (void)sb_ws_send(ws, message.binary, message.data, message.len);
    open_sockets--;
    sb_ws_close(ws, 1000, NULL);
}

static void hello(struct sb_req *req)
{
    sb_reply_json(req, 200, "{}");
}

static const struct sb_route rows[] = {
    {.method = "GET", .pattern = "/ws", .handler = chat, .total_ms = -1},
    {.method = "GET", .pattern = "/hello", .handler = hello},
    {.method = NULL},
};

/* ---- the clients ---- */

static const char upgrade[] =
    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nOrigin: https://www.example.com\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
static const char get[] = "GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

/* Opens the sockets, one request and one answer each, then sits there. */
static void be_clients(int port, int count, const char *request, int ready)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    static const char frame[] = "\x81\x85\0\0\0\0hello";
    char buf[1024];

    for (int i = 0; i < count; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
            send(fd, request, strlen(request), 0) < 0 ||
            recv(fd, buf, sizeof(buf), 0) <= 0)
            _exit(1);
        /* One message and its echo, so that everything has been used once. */
        if (request == upgrade && (send(fd, frame, sizeof(frame) - 1, 0) < 0 ||
                                   recv(fd, buf, sizeof(buf), 0) <= 0))
            _exit(1);
    }
    (void)!write(ready, "x", 1);
    (void)pause();
    _exit(0);
}

/* ---- the server ---- */

static long resident_kib(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    long all = 0, resident = 0;

    if (file && fscanf(file, "%ld %ld", &all, &resident) != 2)
        resident = 0;
    if (file)
        (void)fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static int64_t cpu_us(void)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL +
           usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static void run_for(struct sb_loop *loop, int64_t ms)
{
    int64_t end = sb_clock_mono_ms() + ms;

    while (sb_clock_mono_ms() < end)
        (void)event_base_loop(sb_loop_base(loop), EVLOOP_NONBLOCK);
}

static void measure(struct sb_loop *loop, int port, int count, const char *what,
                    const char *request)
{
    int ready[2];
    long before = resident_kib();
    int64_t cpu = cpu_us();
    pid_t child;
    char byte;

    if (pipe(ready) != 0)
        exit(1);
    (void)evutil_make_socket_nonblocking(ready[0]);
    child = fork();
    if (child == 0)
        be_clients(port, count, request, ready[1]);
    (void)close(ready[1]);
    while (read(ready[0], &byte, 1) != 1) {
        if (waitpid(child, NULL, WNOHANG) == child) {
            fprintf(stderr, "the clients gave up: too few descriptors or ports?\n");
            exit(1);
        }
        (void)event_base_loop(sb_loop_base(loop), EVLOOP_ONCE | EVLOOP_NONBLOCK);
    }
    cpu = cpu_us() - cpu;
    run_for(loop, 50);
    printf("%-30s %6d open %8.1f KiB each, %6.1f us of CPU to open (with polling)\n",
           what, count, (double)(resident_kib() - before) / count, (double)cpu / count);
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    (void)close(ready[0]);
    run_for(loop, 500);
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 5000;
    struct rlimit limit;
    struct sb_loop *loop = sb_loop_new();
    struct sb_router *router = sb_router_new(NULL);
    const struct sb_http_server_conf conf = {.router = router};
    struct sb_http_server *server;
    struct sockaddr_in address;
    socklen_t len = sizeof(address);
    struct sb_task_stats stats;
    struct sb_err err = {0};
    int fd = sb_http_listen("127.0.0.1:0", &err);

    (void)getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    if (!loop || fd < 0 || getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return 1;
    sb_router_add(router, rows);
    if (sb_http_server_new(loop, fd, &conf, &server, &err) != 0)
        return 1;
    measure(loop, ntohs(address.sin_port), 100, "warm-up", get);
    measure(loop, ntohs(address.sin_port), count, "idle keep-alive connections", get);
    measure(loop, ntohs(address.sin_port), count, "WebSockets with a task", upgrade);
    sb_loop_stats(loop, &stats);
    printf("left open %d, connections %zu, deepest stack %zu bytes\n", open_sockets,
           sb_http_server_connections(server), stats.stack_high_water);
    sb_http_server_free(server);
    sb_loop_free(loop);
    talloc_free(router);
    return 0;
}
