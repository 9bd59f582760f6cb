/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes a complete head apart, in place. The scanner has already made sure that
 * lines end with CRLF, that none is folded and that no control byte is left.
 */
#include "net/http_parse.h"

#include <string.h>
#include <strings.h>
#include "base/array.h"

static enum sb_parse refuse(struct sb_http_fault *fault, int status, const char *why)
{
    fault->status = status;
    fault->why = why;
    return SB_PARSE_BAD;
}

/* tchar of RFC 9110 section 5.6.2 */
static bool is_token_char(unsigned char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    return c && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

bool sb_is_token(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!is_token_char((unsigned char)text[i]))
            return false;
    return len > 0;
}

static bool is_port(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return len > 0 && len <= 5;
}

bool sb_is_authority(const char *text, size_t len)
{
    const char *letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                          "0123456789-._~%";
    size_t host = 0;

    if (len == 0 || len > 300)
        return false;
    if (text[0] == '[') {
        while (host < len && text[host] != ']')
            host++;
        if (host == len || host < 3 ||
            strspn(text + 1, "0123456789abcdefABCDEF:.") + 1 != host)
            return false;
        host++;
    } else {
        host = strspn(text, letters);
        if (host > len)
            host = len;
    }
    if (host == 0)
        return false;
    return host == len ||
           (text[host] == ':' && is_port(text + host + 1, len - host - 1));
}

const char *sb_head_value(const struct sb_http_header *headers, size_t count,
                          const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(headers[i].name, name) == 0)
            return headers[i].value;
    return NULL;
}

bool sb_list_has(const char *list, const char *token)
{
    size_t want = strlen(token);

    while (list && *list) {
        size_t len;

        list += strspn(list, " \t,");
        len = strcspn(list, ",");
        while (len > 0 && (list[len - 1] == ' ' || list[len - 1] == '\t'))
            len--;
        if (len == want && strncasecmp(list, token, len) == 0)
            return true;
        list += strcspn(list, ",");
    }
    return false;
}

/* ---- the request line ---- */

static enum sb_parse parse_version(const char *text, struct sb_head *head,
                                   struct sb_http_fault *fault)
{
    bool shaped = strlen(text) == 8 && memcmp(text, "HTTP/", 5) == 0 &&
                  text[6] == '.' && text[5] >= '0' && text[5] <= '9' &&
                  text[7] >= '0' && text[7] <= '9';

    if (!shaped)
        return refuse(fault, 400, "the request line does not end with an HTTP version");
    if (text[5] != '1')
        return refuse(fault, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    head->minor = text[7] == '0' ? 0 : 1;
    return SB_PARSE_DONE;
}

/* Control bytes, spaces and high bytes are gone by now. The rest of what RFC 3986
 * forbids is let through where browsers send it unescaped. */
static bool has_bad_target_char(const char *target)
{
    return target[strcspn(target, "#\"<>")] != '\0';
}

static enum sb_parse parse_target(struct sb_head *head, struct sb_http_fault *fault)
{
    const char *target = head->target;

    if (has_bad_target_char(target))
        return refuse(fault, 400, "the request target holds a character not allowed");
    if (target[0] == '/') {
        head->path = target;
        return SB_PARSE_DONE;
    }
    if (strcmp(target, "*") == 0 && strcmp(head->method, "OPTIONS") == 0) {
        head->path = target;
        return SB_PARSE_DONE;
    }
    /* The absolute form is completed once Host is known. */
    if (strncasecmp(target, "http://", 7) == 0 ||
        strncasecmp(target, "https://", 8) == 0)
        return SB_PARSE_DONE;
    return refuse(fault, 400, "the request target has a form that is not served here");
}

static enum sb_parse parse_request_line(char *line, struct sb_head *head,
                                        struct sb_http_fault *fault)
{
    char *target = strchr(line, ' ');
    char *version = target ? strchr(target + 1, ' ') : NULL;

    if (!target || !version)
        return refuse(fault, 400, "the request line has not three parts");
    *target++ = '\0';
    *version++ = '\0';
    if (!sb_is_token(line, strlen(line)) || strlen(line) > 32)
        return refuse(fault, 400, "the method is not a token");
    if (*target == '\0')
        return refuse(fault, 400, "the request target is empty");
    head->method = line;
    head->target = target;
    if (parse_version(version, head, fault) == SB_PARSE_BAD)
        return SB_PARSE_BAD;
    return parse_target(head, fault);
}

/* ---- headers that say how the message is framed ---- */

static enum sb_parse on_host(struct sb_head *head, const char *value,
                             struct sb_http_fault *fault)
{
    if (head->host)
        return refuse(fault, 400, "there is more than one Host");
    if (!sb_is_authority(value, strlen(value)))
        return refuse(fault, 400, "Host is not a host with an optional port");
    head->host = value;
    return SB_PARSE_DONE;
}

static enum sb_parse on_length(struct sb_head *head, const char *value,
                               struct sb_http_fault *fault)
{
    uint64_t length = 0;

    if (head->framing == SB_FRAMING_LENGTH)
        return refuse(fault, 400, "there is more than one Content-Length");
    if (head->framing == SB_FRAMING_CHUNKED)
        return refuse(fault, 400,
                      "there are both Content-Length and Transfer-Encoding");
    if (*value == '\0' || value[strspn(value, "0123456789")] != '\0')
        return refuse(fault, 400, "Content-Length is not a plain number");
    for (; *value; value++) {
        if (length > (UINT64_MAX >> 1) / 10 - 1)
            return refuse(fault, 400, "Content-Length is out of range");
        length = length * 10 + (uint64_t)(*value - '0');
    }
    head->framing = SB_FRAMING_LENGTH;
    head->length = length;
    return SB_PARSE_DONE;
}

static enum sb_parse on_encoding(struct sb_head *head, const char *value,
                                 struct sb_http_fault *fault)
{
    size_t len = strlen(value);

    if (head->framing == SB_FRAMING_LENGTH)
        return refuse(fault, 400,
                      "there are both Content-Length and Transfer-Encoding");
    if (head->framing == SB_FRAMING_CHUNKED)
        return refuse(fault, 400, "there is more than one Transfer-Encoding");
    if (head->minor == 0)
        return refuse(fault, 400, "HTTP/1.0 knows no Transfer-Encoding");
    if (strcasecmp(value, "chunked") == 0) {
        head->framing = SB_FRAMING_CHUNKED;
        return SB_PARSE_DONE;
    }
    /* A known compression below chunked is legal and not served; anything else has
     * no reading that is certain. */
    if (len > 9 && strcasecmp(value + len - 9, ", chunked") == 0 &&
        (strncasecmp(value, "gzip,", 5) == 0 ||
         strncasecmp(value, "deflate,", 8) == 0 ||
         strncasecmp(value, "compress,", 9) == 0) &&
        strchr(value, ',') == value + len - 9)
        return refuse(fault, 501, "this transfer coding is not served here");
    return refuse(fault, 400, "Transfer-Encoding is not chunked");
}

static enum sb_parse on_connection(struct sb_head *head, const char *value,
                                   struct sb_http_fault *fault)
{
    (void)fault;
    head->close |= sb_list_has(value, "close");
    head->keep_alive |= sb_list_has(value, "keep-alive");
    head->upgrade |= sb_list_has(value, "upgrade");
    return SB_PARSE_DONE;
}

static enum sb_parse on_expect(struct sb_head *head, const char *value,
                               struct sb_http_fault *fault)
{
    if (strcasecmp(value, "100-continue") != 0)
        return refuse(fault, 417, "nothing but 100-continue can be expected here");
    head->expect_continue = head->minor > 0;
    return SB_PARSE_DONE;
}

static const struct {
    const char *name;
    enum sb_parse (*on)(struct sb_head *head, const char *value,
                        struct sb_http_fault *fault);
} meanings[] = {
    {"host", on_host},
    {"content-length", on_length},
    {"transfer-encoding", on_encoding},
    {"connection", on_connection},
    {"expect", on_expect},
};

static enum sb_parse apply_meaning(struct sb_head *head,
                                   const struct sb_http_header *header,
                                   struct sb_http_fault *fault)
{
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
        if (strcasecmp(header->name, meanings[i].name) == 0)
            return meanings[i].on(head, header->value, fault);
    return SB_PARSE_DONE;
}

/* ---- lines ---- */

/* Cuts the line at `*text` off and moves on to the next. NULL at the blank line. */
static char *take_line(char **text, const char *end)
{
    char *line = *text;
    char *cr = memchr(line, '\r', (size_t)(end - line));

    if (!cr || cr == line)
        return NULL;
    *cr = '\0';
    *text = cr + 2;
    return line;
}

static enum sb_parse parse_field(char *line, struct sb_http_header *header,
                                 struct sb_http_fault *fault)
{
    char *colon = strchr(line, ':');
    char *value;
    size_t len;

    if (!colon)
        return refuse(fault, 400, "a header line has no colon");
    if (!sb_is_token(line, (size_t)(colon - line)))
        return refuse(fault, 400, "a header's name is not a token");
    *colon = '\0';
    value = colon + 1 + strspn(colon + 1, " \t");
    len = strlen(value);
    while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
        value[--len] = '\0';
    header->name = line;
    header->value = value;
    return SB_PARSE_DONE;
}

static enum sb_parse parse_fields(TALLOC_CTX *mem, char *text, const char *end,
                                  size_t count, struct sb_head *head,
                                  struct sb_http_fault *fault)
{
    char *line;

    head->headers = sb_array(mem, struct sb_http_header, count + 1);
    while (head->count < count && (line = take_line(&text, end)) != NULL) {
        struct sb_http_header *header = &head->headers[head->count];

        if (parse_field(line, header, fault) == SB_PARSE_BAD)
            return SB_PARSE_BAD;
        head->count++;
    }
    return SB_PARSE_DONE;
}

/* http://host/path for another host than Host's is somebody using us as a proxy, or
 * a proxy and us disagreeing about whom the request is for. */
static enum sb_parse finish_target(struct sb_head *head, struct sb_http_fault *fault)
{
    const char *host, *path;
    size_t len;

    if (head->path)
        return SB_PARSE_DONE;
    host = strstr(head->target, "://") + 3;
    len = strcspn(host, "/?");
    path = host + len;
    if (!sb_is_authority(host, len))
        return refuse(fault, 400, "the request target names no host");
    if (head->host &&
        (strlen(head->host) != len || strncasecmp(head->host, host, len) != 0))
        return refuse(fault, 400, "the request target is for another host");
    if (*path == '?')
        return refuse(fault, 400, "the request target has no path");
    head->path = *path ? path : "/";
    return SB_PARSE_DONE;
}

enum sb_parse sb_head_parse(TALLOC_CTX *mem, char *text, size_t len, size_t count,
                            struct sb_head *head, struct sb_http_fault *fault)
{
    const char *end = text + len;
    char *line = take_line(&text, end);

    memset(head, 0, sizeof(*head));
    if (!line)
        return refuse(fault, 400, "there is no request line");
    if (parse_request_line(line, head, fault) == SB_PARSE_BAD ||
        parse_fields(mem, text, end, count, head, fault) == SB_PARSE_BAD)
        return SB_PARSE_BAD;
    for (size_t i = 0; i < head->count; i++)
        if (apply_meaning(head, &head->headers[i], fault) == SB_PARSE_BAD)
            return SB_PARSE_BAD;
    if (!head->host && head->minor > 0)
        return refuse(fault, 400, "there is no Host");
    return finish_target(head, fault);
}

int sb_answer_parse(TALLOC_CTX *mem, char *text, size_t len, size_t count,
                    struct sb_head *head)
{
    const char *end = text + len;
    char *line = take_line(&text, end);
    struct sb_http_fault fault;

    memset(head, 0, sizeof(*head));
    if (!line || strncmp(line, "HTTP/1.", 7) != 0 || strlen(line) < 12 ||
        line[8] != ' ' || strspn(line + 9, "0123456789") != 3 ||
        (line[12] != ' ' && line[12] != '\0'))
        return -1;
    if (parse_fields(mem, text, end, count, head, &fault) == SB_PARSE_BAD)
        return -1;
    for (size_t i = 0; i < head->count; i++)
        if (strcasecmp(head->headers[i].name, "connection") == 0)
            (void)on_connection(head, head->headers[i].value, &fault);
    return (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
}
