/* SPDX-License-Identifier: Apache-2.0
 *
 * See kit_vendor.h. One task accepts, one task a connection answers one request and
 * closes: a plugin's reconnecting is part of what is checked.
 */
#define _GNU_SOURCE /* accept4, strcasestr */
#include "cli/kit_vendor.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/task.h"
#include "cli/kit_answer.h"
#include "net/http.h"

#define REQUEST_MAX ((size_t)4 * 1024 * 1024)
#define WAIT_MS 10000

struct sb_kit_vendor {
    int fd, asked, puzzled, living;
    enum sb_kit_mood mood;
    char url[64];
    const char *answer;
    size_t answer_len;
    struct sb_task *accepting;
    bool stopping;
};

struct guest {
    struct sb_kit_vendor *vendor;
    int fd;
    struct sb_buf in;
};

/* ---- bytes ---- */

static bool fill(struct guest *guest)
{
    char chunk[4096];
    ssize_t n;

    if (guest->in.len > REQUEST_MAX)
        return false;
    for (;;) {
        n = recv(guest->fd, chunk, sizeof(chunk), MSG_DONTWAIT);
        if (n > 0) {
            sb_buf_add(&guest->in, chunk, (size_t)n);
            return true;
        }
        if (n == 0 || (errno != EAGAIN && errno != EINTR))
            return false;
        if (sb_wait_fd(guest->fd, EV_READ, WAIT_MS) < 0)
            return false;
    }
}

static bool put(struct guest *guest, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = send(guest->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (n > 0) {
            data += n;
            len -= (size_t)n;
        } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
            return false;
        } else if (sb_wait_fd(guest->fd, EV_WRITE, WAIT_MS) < 0) {
            return false;
        }
    }
    return true;
}

/* ---- one request ---- */

/* Reads headers and body; returns where the body begins, or NULL. */
static const char *read_request(struct guest *guest, size_t *body_len)
{
    const char *end = NULL, *length;

    while (!(end = strstr(sb_buf_str(&guest->in), "\r\n\r\n")))
        if (!fill(guest))
            return NULL;
    length = strcasestr(guest->in.data, "\r\ncontent-length:");
    *body_len = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    size_t head = (size_t)(end - guest->in.data) + 4;

    if (*body_len > REQUEST_MAX)
        return NULL;
    if (strcasestr(guest->in.data, "\r\nexpect: 100-continue"))
        (void)put(guest, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    while (guest->in.len - head < *body_len)
        if (!fill(guest))
            return NULL;
    return guest->in.data + head;
}

static void answer_well(struct guest *guest, const struct sb_kit_answer *answer,
                        enum sb_kit_mood mood)
{
    char head[256];
    int len = snprintf(head, sizeof(head),
                       "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
                       "Connection: close\r\n\r\n",
                       answer->type, answer->len);

    if (mood == SB_KIT_CUT) {
        (void)(put(guest, head, (size_t)len) &&
               put(guest, answer->body, answer->len / 2));
        return;
    }
    if (mood != SB_KIT_BYTES) {
        (void)(put(guest, head, (size_t)len) && put(guest, answer->body, answer->len));
        return;
    }
    if (!put(guest, head, (size_t)len))
        return;
    for (size_t i = 0; i < answer->len; i++) {
        if (!put(guest, answer->body + i, 1))
            return;
        /* Small answers byte by byte with the reader between; long ones in haste. */
        if (answer->len < 4096 && sb_yield() != 0)
            return;
    }
}

static void answer_badly(struct guest *guest, enum sb_kit_mood mood)
{
    static const struct {
        const char *status, *more, *body;
    } answers[] = {
        [SB_KIT_BUSY] = {"429 Too Many Requests", "Retry-After: 7\r\n",
                         "{\"error\":{\"message\":\"slow down please\"}}"},
        [SB_KIT_LOCKED] = {"401 Unauthorized", "",
                           "{\"error\":{\"message\":\"wrong key\"}}"},
        [SB_KIT_BROKEN] = {"500 Internal Server Error", "", "<h1>500</h1>"},
        [SB_KIT_GARBAGE] = {"200 OK", "Content-Type: text/event-stream\r\n",
                            "data: {{\xff\xfe]\n\ndata: 7\n\n\x01\x02"},
    };
    char text[512];
    int len;

    if (mood == SB_KIT_NOISE) {
        (void)put(guest, "\x16\x03\x01 this is not HTTP\r\n\r\n", 24);
    } else if (mood == SB_KIT_SILENT) {
        while (fill(guest))
            ;
    } else {
        len = snprintf(
            text, sizeof(text),
            "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
            answers[mood].status, answers[mood].more, strlen(answers[mood].body),
            answers[mood].body);
        (void)put(guest, text, (size_t)len);
    }
}

static void serve(struct guest *guest)
{
    static const char not_found[] =
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    struct sb_kit_vendor *vendor = guest->vendor;
    enum sb_kit_mood mood = vendor->mood;
    struct sb_kit_answer answer;
    char method[16] = "", path[512] = "";
    size_t len;
    const char *body = read_request(guest, &len);

    if (!body || sscanf(guest->in.data, "%15s %511[^? ]", method, path) != 2)
        return;
    vendor->asked++;
    if (mood != SB_KIT_GOOD && mood != SB_KIT_BYTES && mood != SB_KIT_CUT) {
        answer_badly(guest, mood);
        return;
    }
    answer = sb_kit_answer(guest->in.mem, method, path, body, len);
    if (!answer.body && vendor->answer)
        answer = (struct sb_kit_answer){"application/json", vendor->answer,
                                        vendor->answer_len};
    if (answer.body) {
        answer_well(guest, &answer, mood);
        return;
    }
    vendor->puzzled += strcmp(method, "POST") == 0;
    (void)put(guest, not_found, sizeof(not_found) - 1);
}

static void attend(void *arg)
{
    struct guest *guest = arg;
    struct sb_kit_vendor *vendor = guest->vendor;

    serve(guest);
    (void)shutdown(guest->fd, SHUT_WR);
    (void)close(guest->fd);
    talloc_free(guest);
    vendor->living--;
}

/* ---- accepting ---- */

static void welcome(struct sb_kit_vendor *vendor, int fd)
{
    struct guest *guest = talloc_zero(NULL, struct guest);

    guest->vendor = vendor;
    guest->fd = fd;
    sb_buf_init(&guest->in, guest);
    vendor->living++;
    if (sb_task_spawn(sb_loop_current(), "vendor", attend, guest))
        return;
    vendor->living--;
    (void)close(fd);
    talloc_free(guest);
}

static void accept_all(void *arg)
{
    struct sb_kit_vendor *vendor = arg;

    while (sb_wait_fd(vendor->fd, EV_READ, -1) > 0) {
        int fd = accept4(vendor->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd >= 0)
            welcome(vendor, fd);
    }
}

int sb_kit_vendor_start(const char *answer, size_t answer_len,
                        struct sb_kit_vendor **vendor_r, struct sb_err *err)
{
    struct sb_kit_vendor *vendor = talloc_zero(NULL, struct sb_kit_vendor);
    struct sockaddr_in address;
    socklen_t len = sizeof(address);

    vendor->answer = answer;
    vendor->answer_len = answer_len;
    vendor->fd = sb_http_listen("127.0.0.1:0", err);
    if (vendor->fd < 0 ||
        getsockname(vendor->fd, (struct sockaddr *)&address, &len) != 0) {
        talloc_free(vendor);
        return SB_EIO;
    }
    (void)snprintf(vendor->url, sizeof(vendor->url), "http://127.0.0.1:%d",
                   ntohs(address.sin_port));
    vendor->accepting =
        sb_task_ref(sb_task_spawn(sb_loop_current(), "vendor", accept_all, vendor));
    *vendor_r = vendor;
    return 0;
}

void sb_kit_vendor_stop(struct sb_kit_vendor *vendor)
{
    sb_task_cancel(vendor->accepting);
    (void)sb_task_join(vendor->accepting, -1);
    sb_task_unref(vendor->accepting);
    (void)close(vendor->fd);
    /* The guests' other ends are gone, so they end by themselves. */
    for (int turn = 0; vendor->living > 0 && turn < 1000; turn++)
        (void)sb_sleep(1);
    if (vendor->living == 0)
        talloc_free(vendor);
}

void sb_kit_vendor_set(struct sb_kit_vendor *vendor, enum sb_kit_mood mood)
{
    vendor->mood = mood;
}

const char *sb_kit_vendor_url(const struct sb_kit_vendor *vendor)
{
    return vendor->url;
}

int sb_kit_vendor_asked(const struct sb_kit_vendor *vendor)
{
    return vendor->asked;
}

int sb_kit_vendor_puzzled(const struct sb_kit_vendor *vendor)
{
    return vendor->puzzled;
}
