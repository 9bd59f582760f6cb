/* SPDX-License-Identifier: Apache-2.0
 *
 * The business section of a tenant: rows for the plain keys, own readers for hours
 * and holidays.
 */
#include "host/tenant.h"

#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/table.h"
#include "base/yaml.h"
#include "base/zone.h"
#include "base/holiday.h"
#include "host/hours.h"

struct business_rows {
    const char *name, *timezone, *phone, *email, *website, *address, *identity_secret;
    const char **service_area;
};

static const struct sb_option rows[] = {
    SB_OPT_STRING(struct business_rows, name, NULL, SB_OPTION_REQUIRED,
                  "What the business is called"),
    SB_OPT_STRING(struct business_rows, timezone, NULL, SB_OPTION_REQUIRED,
                  "IANA time zone, such as America/New_York"),
    SB_OPT_STRING(struct business_rows, phone, "", 0, "Phone for people, as printed"),
    SB_OPT_STRING(struct business_rows, email, "", 0, "E-mail for people"),
    SB_OPT_STRING(struct business_rows, website, "", 0, "Address of the website"),
    SB_OPT_STRING(struct business_rows, address, "", 0, "Postal address in one line"),
    SB_OPT_LIST(struct business_rows, service_area, "", 0,
                "Places or postcodes that are served"),
    SB_OPT_STRING(struct business_rows, identity_secret, "", SB_OPTION_SECRET,
                  "Signs the user_token of people who are logged in on the website"),
    SB_OPT_END,
};
static const char *const own_readers[] = {"hours", "holidays", NULL};

static int bind_hours(const struct sb_yaml *map, struct sb_business *business,
                      struct sb_err *err)
{
    struct sb_err why = {0};

    if (!map)
        return 0;
    if (map->kind != SB_YAML_MAP)
        return sb_yaml_fail(err, SB_EINVAL, map,
                            "hours want a map such as mon: \"09:00-17:00\"");
    for (size_t i = 0; i < map->count; i++) {
        int weekday = sb_hours_weekday(map->keys[i]->text);

        if (weekday < 0)
            return sb_yaml_fail(
                err, SB_EINVAL, map->keys[i],
                "\"%s\" is no day; write mon, tue, wed, thu, fri, sat or sun",
                map->keys[i]->text);
        if (sb_hours_parse(sb_yaml_str(map->items[i], ""), &business->week[weekday],
                           &why))
            return sb_yaml_fail(err, SB_EINVAL, map->items[i], "%s", why.msg);
    }
    return 0;
}

static int bind_holiday(const struct sb_yaml *node, struct sb_holiday *holiday,
                        struct sb_err *err)
{
    struct sb_err why = {0};
    const struct sb_yaml *date = sb_yaml_get(node, "date");

    if (node->kind != SB_YAML_MAP || !date)
        return sb_yaml_fail(
            err, SB_EINVAL, node,
            "a holiday wants {date: 2026-12-25, name: ..., hours: closed}");
    for (size_t i = 0; i < node->count; i++)
        if (strcmp(node->keys[i]->text, "date") &&
            strcmp(node->keys[i]->text, "name") && strcmp(node->keys[i]->text, "hours"))
            return sb_yaml_fail(err, SB_EINVAL, node->keys[i],
                                "unknown key \"%s\" in a holiday", node->keys[i]->text);
    if (sb_hours_parse_date(sb_yaml_str(date, ""), holiday, &why))
        return sb_yaml_fail(err, SB_EINVAL, date, "%s", why.msg);
    holiday->name =
        sb_yaml_str(sb_yaml_get(node, "name"),
                    holiday->named ? sb_holiday_name(holiday->named) : "a holiday");
    if (sb_hours_parse(sb_yaml_str(sb_yaml_get(node, "hours"), "closed"),
                       &holiday->hours, &why))
        return sb_yaml_fail(err, SB_EINVAL, node, "%s", why.msg);
    return 0;
}

static int bind_holidays(TALLOC_CTX *mem, const struct sb_yaml *list,
                         struct sb_business *business, struct sb_err *err)
{
    struct sb_holiday *holidays;
    int code;

    if (!list)
        return 0;
    if (list->kind != SB_YAML_LIST || list->count > 400)
        return sb_yaml_fail(err, SB_EINVAL, list, "holidays want a list (at most 400)");
    holidays = sb_array(mem, struct sb_holiday, list->count + 1);
    for (size_t i = 0; i < list->count; i++) {
        code = bind_holiday(list->items[i], &holidays[i], err);
        if (code)
            return code;
    }
    business->holidays = holidays;
    business->holiday_count = list->count;
    return 0;
}

int sb_business_bind(TALLOC_CTX *mem, const struct sb_yaml *map,
                     struct sb_business *business, struct sb_err *err)
{
    struct business_rows plain = {0};
    int code = sb_table_bind(mem, SB_TABLE(rows), map, own_readers, &plain,
                             sizeof(plain), err);

    if (code)
        return code;
    business->name = plain.name;
    business->timezone = plain.timezone;
    business->phone = plain.phone;
    business->email = plain.email;
    business->website = plain.website;
    business->address = plain.address;
    business->service_area = plain.service_area;
    business->identity_secret = plain.identity_secret;
    business->zone = sb_zone_find(plain.timezone);
    if (!business->zone)
        return sb_yaml_fail(
            err, SB_EINVAL, sb_yaml_get(map, "timezone"),
            "\"%s\" is no IANA time zone; write one like America/New_York",
            plain.timezone);
    code = bind_hours(sb_yaml_get(map, "hours"), business, err);
    return code ? code
                : bind_holidays(mem, sb_yaml_get(map, "holidays"), business, err);
}

void sb_business_reference(struct sb_buf *out)
{
    sb_table_markdown(SB_TABLE(rows), out);
    sb_buf_puts(
        out, "| `hours` | map of days |  | `mon: \"07:00-19:00\"`, several spans "
             "`\"09:00-12:00,13:00-17:00\"`, past midnight `\"22:00-02:00\"`, `24h`, "
             "`closed`; a day left out is unknown |\n"
             "| `holidays` | list of maps |  | `{date: 2026-12-25, name: ..., hours: "
             "closed}`; a date without a year, `\"12-25\"`, is every year's, and so is "
             "a holiday's name, `thanksgiving` |\n");
}
