/* SPDX-License-Identifier: Apache-2.0
 *
 * See flags.h. Help is made from the same rows that are read.
 */
#include "cli/flags.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

enum { MAX_OWN = 16, OWN = 256 };

static const struct option shared[] = {
    {"config", required_argument, NULL, 'c'},
    {"data", required_argument, NULL, 'd'},
    {"listen", required_argument, NULL, 'l'},
    {"demo", no_argument, NULL, 'D'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {"allow-host", required_argument, NULL, 'a'},
};
enum { SHARED = sizeof(shared) / sizeof(shared[0]) };

void sb_print(FILE *out, const char *text, size_t len)
{
    char *plain = sb_utf8_clean(NULL, text, len, SIZE_MAX / 4);

    fputs(plain, out);
    talloc_free(plain);
}

int sb_complain(const char *fmt, ...)
{
    char *text;
    va_list ap;

    va_start(ap, fmt);
    text = talloc_vasprintf(NULL, fmt, ap);
    va_end(ap);
    fputs("switchboard: ", stderr);
    sb_print(stderr, text, strlen(text));
    fputc('\n', stderr);
    talloc_free(text);
    return 1;
}

static void print_help(const struct sb_usage *usage)
{
    static const char *const help[][2] = {
        {"--config FILE", "configuration file (default: none, the built-in values)"},
        {"--data DIR", "folder of the embedded database"},
        {"--allow-host HOST:PORT", "let the crawler read this private address too"},
        {"--verbose", "log everything to the terminal"},
        {"--help", "this text"},
    };

    printf("Usage: %s\n\n%s\n\nOptions:\n", usage->synopsis, usage->about);
    for (const struct sb_flag *flag = usage->flags; flag && flag->name; flag++) {
        char left[64];

        snprintf(left, sizeof(left), "--%s%s%s", flag->name, flag->value ? " " : "",
                 flag->value ? flag->value : "");
        printf("  %-22s %s\n", left, flag->help);
    }
    for (size_t i = 0; i < sizeof(help) / sizeof(help[0]); i++)
        printf("  %-22s %s\n", help[i][0], help[i][1]);
}

static int make_options(const struct sb_usage *usage, struct option *options)
{
    int count = 0;

    memcpy(options, shared, sizeof(shared));
    for (const struct sb_flag *flag = usage->flags; flag && flag->name; flag++, count++)
        options[SHARED + count] =
            (struct option){flag->name, flag->value ? required_argument : no_argument,
                            NULL, OWN + count};
    return count;
}

static void take(const struct sb_usage *usage, int which, struct sb_config_flags *flags)
{
    const struct sb_flag *own;

    switch (which) {
    case 'c': flags->config = optarg; return;
    case 'd': flags->data_dir = optarg; return;
    case 'l': flags->listen = optarg; return;
    case 'a': flags->allow_host = optarg; return;
    case 'D': flags->demo = true; return;
    case 'v': sb_log_set_level(SB_LOG_DEBUG); return;
    default: break;
    }
    own = &usage->flags[which - OWN];
    if (own->value)
        *own->text = optarg;
    else
        *own->given = true;
}

int sb_flags_read(int argc, char **argv, const struct sb_usage *usage,
                  struct sb_config_flags *flags)
{
    struct option options[SHARED + MAX_OWN + 1] = {{0}};
    int which, left;

    make_options(usage, options);
    optind = 0;
    while ((which = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (which == 'h') {
            print_help(usage);
            return -1;
        }
        if (which == '?') {
            fprintf(stderr, "Usage: %s (--help tells more)\n", usage->synopsis);
            return -2;
        }
        take(usage, which, flags);
    }
    left = argc - optind;
    if (left < usage->min_args || (usage->max_args >= 0 && left > usage->max_args)) {
        fprintf(stderr, "Usage: %s (--help tells more)\n", usage->synopsis);
        return -2;
    }
    return optind;
}
