/* SPDX-License-Identifier: Apache-2.0
 *
 * Option rows: one row a configuration key. The host parses YAML, checks it
 * against the rows, fills the plugin's struct and writes the reference page
 * from the same rows. The member's C type is checked at compile time.
 *
 *     struct conf { const char *base_url; int64_t timeout_ms; bool stream; };
 *     static const struct sb_option options[] = {
 *         SB_OPT_STRING(struct conf, base_url, "https://api.example.com", 0,
 *                       "Where the service is"),
 *         SB_OPT_INT(struct conf, timeout_ms, "30000", 100, 600000, "ms", 0,
 *                    "Total time for one request"),
 *         SB_OPT_END,
 *     };
 */
#ifndef SWITCHBOARD_OPTION_H
#define SWITCHBOARD_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sb_option_type {
    SB_OPTION_END = 0,
    SB_OPTION_STRING,   /* const char *; owned by the host, lives as long as the struct */
    SB_OPTION_INT,      /* int64_t within [min, max] */
    SB_OPTION_NUMBER,   /* double within [min, max] */
    SB_OPTION_BOOL,     /* bool; true/false/yes/no/on/off */
    SB_OPTION_CHOICE,   /* const char *, one of `choices` ("a|b|c") */
    SB_OPTION_DURATION, /* int64_t milliseconds; "250ms", "30s", "5m", "2h", "1d" */
    SB_OPTION_SIZE,     /* int64_t bytes; "64k", "5m", "1g" */
    SB_OPTION_LIST,     /* const char **, NULL-terminated list of strings */
};

enum sb_option_flag {
    SB_OPTION_REQUIRED = 1 << 0,   /* no default: its absence is an error */
    SB_OPTION_SECRET = 1 << 1,     /* never printed, logged or exported */
    SB_OPTION_RELOADABLE = 1 << 2, /* takes effect on reload without a restart */
};

struct sb_option {
    const char *name; /* the YAML key */
    enum sb_option_type type;
    unsigned flags;        /* SB_OPTION_* flags */
    size_t offset;         /* of the member in the struct that is filled */
    const char *preset;    /* the default as text, or NULL for none (zero value) */
    double min, max;       /* for numbers, durations (ms) and sizes (bytes) */
    const char *unit;      /* for the reference page: "ms", "tokens" ... or NULL */
    const char *choices;   /* SB_OPTION_CHOICE only: "a|b|c" */
    const char *help;      /* one line */
};

#define SB_OPT_CHECK_(s, m, t)                                                         \
    (offsetof(s, m) + 0 * sizeof(char[_Generic(&((s *)0)->m, t *: 1, default: -1)]))

#define SB_OPT_STRING(s, m, preset_, flags_, help_)                                    \
    {                                                                                  \
        .name = #m, .type = SB_OPTION_STRING, .flags = (flags_),                       \
        .offset = SB_OPT_CHECK_(s, m, const char *), .preset = (preset_),              \
        .help = (help_)                                                                \
    }
#define SB_OPT_INT(s, m, preset_, min_, max_, unit_, flags_, help_)                    \
    {                                                                                  \
        .name = #m, .type = SB_OPTION_INT, .flags = (flags_),                          \
        .offset = SB_OPT_CHECK_(s, m, int64_t), .preset = (preset_), .min = (min_),    \
        .max = (max_), .unit = (unit_), .help = (help_)                                \
    }
#define SB_OPT_NUMBER(s, m, preset_, min_, max_, unit_, flags_, help_)                 \
    {                                                                                  \
        .name = #m, .type = SB_OPTION_NUMBER, .flags = (flags_),                       \
        .offset = SB_OPT_CHECK_(s, m, double), .preset = (preset_), .min = (min_),     \
        .max = (max_), .unit = (unit_), .help = (help_)                                \
    }
#define SB_OPT_BOOL(s, m, preset_, flags_, help_)                                      \
    {                                                                                  \
        .name = #m, .type = SB_OPTION_BOOL, .flags = (flags_),                         \
        .offset = SB_OPT_CHECK_(s, m, bool), .preset = (preset_), .help = (help_)      \
    }
#define SB_OPT_CHOICE(s, m, preset_, choices_, flags_, help_)                          \
    {                                                                                  \
        .name = #m, .type = SB_OPTION_CHOICE, .flags = (flags_),                       \
        .offset = SB_OPT_CHECK_(s, m, const char *), .preset = (preset_),              \
        .choices = (choices_), .help = (help_)                                         \
    }
#define SB_OPT_DURATION(s, m, preset_, min_, max_, flags_, help_)                      \
    {                                                                                  \
        .name = #m, .type = SB_OPTION_DURATION, .flags = (flags_),                     \
        .offset = SB_OPT_CHECK_(s, m, int64_t), .preset = (preset_), .min = (min_),    \
        .max = (max_), .unit = "ms", .help = (help_)                                   \
    }
#define SB_OPT_SIZE(s, m, preset_, min_, max_, flags_, help_)                          \
    {                                                                                  \
        .name = #m, .type = SB_OPTION_SIZE, .flags = (flags_),                         \
        .offset = SB_OPT_CHECK_(s, m, int64_t), .preset = (preset_), .min = (min_),    \
        .max = (max_), .unit = "bytes", .help = (help_)                                \
    }
#define SB_OPT_LIST(s, m, preset_, flags_, help_)                                      \
    {                                                                                  \
        .name = #m, .type = SB_OPTION_LIST, .flags = (flags_),                         \
        .offset = SB_OPT_CHECK_(s, m, const char **), .preset = (preset_),             \
        .help = (help_)                                                                \
    }
#define SB_OPT_END                                                                     \
    {                                                                                  \
        .name = NULL, .type = SB_OPTION_END                                            \
    }

#endif
