/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds the end of a request's head while its bytes trickle in. One table of states
 * and byte classes, so that a bare LF, a bare CR or a folded line is refused at the
 * very byte, and nobody has to wait for a deadline.
 */
#include "net/http_parse.h"

#include "net/http.h"

enum byte_class { CR, LF, CONTROL, TAB, SPACE, TEXT, HIGH, CLASSES };

enum scan_state {
    START,      /* nothing yet */
    START_CR,   /* one blank line before the request line is forgiven */
    START_LINE, /* after it */
    LINE,       /* in the request line */
    LINE_CR,
    NAME, /* the first byte of a header line */
    FIELD,
    FIELD_CR,
    END_CR, /* the blank line */
    STATES,
    DONE = STATES,
    BAD_LF,
    BAD_CR,
    BAD_BYTE,
    BAD_FOLD,
};

static const unsigned char next_state[STATES][CLASSES] = {
    /*             CR        LF      CONTROL   TAB       SPACE     TEXT      HIGH */
    [START] = {START_CR, BAD_LF, BAD_BYTE, BAD_BYTE, BAD_BYTE, LINE, BAD_BYTE},
    [START_CR] = {BAD_CR, START_LINE, BAD_CR, BAD_CR, BAD_CR, BAD_CR, BAD_CR},
    [START_LINE] = {BAD_CR, BAD_LF, BAD_BYTE, BAD_BYTE, BAD_BYTE, LINE, BAD_BYTE},
    [LINE] = {LINE_CR, BAD_LF, BAD_BYTE, BAD_BYTE, LINE, LINE, BAD_BYTE},
    [LINE_CR] = {BAD_CR, NAME, BAD_CR, BAD_CR, BAD_CR, BAD_CR, BAD_CR},
    [NAME] = {END_CR, BAD_LF, BAD_BYTE, BAD_FOLD, BAD_FOLD, FIELD, BAD_BYTE},
    [FIELD] = {FIELD_CR, BAD_LF, BAD_BYTE, FIELD, FIELD, FIELD, FIELD},
    [FIELD_CR] = {BAD_CR, NAME, BAD_CR, BAD_CR, BAD_CR, BAD_CR, BAD_CR},
    [END_CR] = {BAD_CR, DONE, BAD_CR, BAD_CR, BAD_CR, BAD_CR, BAD_CR},
};

static const struct sb_http_fault faults[] = {
    [BAD_LF] = {400, "a line ends with a bare LF"},
    [BAD_CR] = {400, "a CR is not followed by LF"},
    [BAD_BYTE] = {400, "the head holds a byte that is not allowed there"},
    [BAD_FOLD] = {400, "a header line begins with white space"},
};

static enum byte_class class_of(unsigned char byte)
{
    if (byte > 0x20 && byte < 0x7f)
        return TEXT;
    switch (byte) {
    case '\r': return CR;
    case '\n': return LF;
    case '\t': return TAB;
    case ' ': return SPACE;
    default: return byte >= 0x80 ? HIGH : CONTROL;
    }
}

static enum sb_parse refuse(struct sb_http_fault *fault, int status, const char *why)
{
    fault->status = status;
    fault->why = why;
    return SB_PARSE_BAD;
}

/* Counts the byte that led to `state`; limits hold before anything is parsed. */
static enum sb_parse count_byte(struct sb_head_scan *scan,
                                const struct sb_http_limits *limits, unsigned state,
                                struct sb_http_fault *fault)
{
    switch (state) {
    case START_CR:
    case START_LINE: scan->start++; break;
    case LINE:
        if (++scan->line > limits->max_line)
            return refuse(fault, 414, "the request line is too long");
        break;
    case FIELD:
        if (scan->state == NAME && ++scan->count > limits->max_count)
            return refuse(fault, 431, "there are too many headers");
        if (++scan->bytes > limits->max_headers)
            return refuse(fault, 431, "the headers are too large");
        break;
    default: break;
    }
    return SB_PARSE_MORE;
}

enum sb_parse sb_head_scan(struct sb_head_scan *scan,
                           const struct sb_http_limits *limits, const char *data,
                           size_t len, size_t *used, struct sb_http_fault *fault)
{
    for (size_t i = 0; i < len; i++) {
        unsigned state = next_state[scan->state][class_of((unsigned char)data[i])];

        *used = i + 1;
        if (state > DONE)
            return refuse(fault, faults[state].status, faults[state].why);
        if (state == DONE)
            return SB_PARSE_DONE;
        if (count_byte(scan, limits, state, fault) == SB_PARSE_BAD)
            return SB_PARSE_BAD;
        scan->state = (unsigned char)state;
    }
    *used = len;
    return SB_PARSE_MORE;
}
