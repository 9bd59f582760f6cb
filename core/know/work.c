/* SPDX-License-Identifier: Apache-2.0
 *
 * The job kinds of this room: "crawl" one source, "embed" what has no vector of the
 * current space, "resync" everything of one agent.
 */
#include <string.h>
#include "base/json.h"
#include "know/know_impl.h"
#include "store/jobs.h"

static int agent_of(struct sb_know *know, TALLOC_CTX *mem, const struct sb_job *job,
                    const struct sb_agent **agent_r, struct sb_err *err)
{
    int rc = sb_directory_agent(know->dir, mem, sb_json_str(job->args, "agent"),
                                agent_r, err);

    if (!rc && strcmp((*agent_r)->business->org, job->org) != 0)
        rc = sb_fail(err, SB_EINVAL,
                     "the job and its agent belong to different tenants");
    if (rc == SB_ENOTFOUND) /* deleted or switched off meanwhile: nothing to do */
        return sb_fail(err, SB_EREFUSED, "the agent is not there any more");
    return rc;
}

/* Somebody may have crawled it since the job was queued, or be at it. */
static int run_crawl(void *arg, TALLOC_CTX *mem, const struct sb_job *job,
                     struct sb_err *err)
{
    struct sb_know *know = arg;
    const char *id = sb_json_str(job->args, "source");
    const struct sb_agent *agent;
    struct sb_kn_source source;
    int rc = agent_of(know, mem, job, &agent, err);

    if (!rc)
        rc = sb_kn_source_get(know->db, mem, sb_know_owner(agent), id, &source, err);
    if (rc == SB_ENOTFOUND)
        return 0;
    if (rc)
        return rc;
    if (source.run > sb_json_i64(job->args, "run", 0) &&
        strcmp(source.state, "done") == 0)
        return 0;
    if (source.busy)
        return sb_fail(err, SB_EUNAVAILABLE, "the site is being crawled elsewhere");
    return sb_know_crawl(know, agent, id, NULL, NULL, err);
}

static int run_embed(void *arg, TALLOC_CTX *mem, const struct sb_job *job,
                     struct sb_err *err)
{
    struct sb_know *know = arg;
    const struct sb_agent *agent;
    int rc = agent_of(know, mem, job, &agent, err);

    return rc ? rc : sb_know_embed_missing(know, agent, err);
}

static int run_resync(void *arg, TALLOC_CTX *mem, const struct sb_job *job,
                      struct sb_err *err)
{
    struct sb_know *know = arg;
    const struct sb_agent *agent;
    const char *const *ids = NULL;
    int rc = agent_of(know, mem, job, &agent, err);

    if (!rc)
        rc = sb_know_sync_faqs(know, agent, err);
    if (!rc)
        rc = sb_kn_source_ids(know->db, mem, sb_know_owner(agent), &ids, err);
    for (size_t i = 0; !rc && ids[i]; i++)
        rc = sb_know_crawl(know, agent, ids[i], NULL, NULL, err);
    return rc;
}

void sb_know_register(struct sb_know *know)
{
    const struct sb_job_kind kinds[] = {
        {.name = "crawl",
         .max_attempts = 8,
         .lease_ms = 60000,
         .parallel = 2,
         .run = run_crawl,
         .arg = know},
        {.name = "embed",
         .max_attempts = 5,
         .lease_ms = 60000,
         .parallel = 1,
         .run = run_embed,
         .arg = know},
        {.name = "resync",
         .max_attempts = 3,
         .lease_ms = 60000,
         .parallel = 1,
         .run = run_resync,
         .arg = know},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        sb_jobs_kind(know->jobs, &kinds[i]);
}
