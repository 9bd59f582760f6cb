/* SPDX-License-Identifier: Apache-2.0
 *
 * The crawl chain. A site is read by one member: once it has handed a page on, its
 * failure is the caller's, who has the pages so far.
 */
#include "host/chain_impl.h"

struct crawl {
    struct sb_chain_call call; /* first */
    const struct sb_crawl_request *request;
    const struct sb_crawl_sink *sink;
    bool began; /* a page was handed on */
    int stop_code;
};

static int stop(struct crawl *crawl, int code)
{
    if (code) {
        crawl->call.stopped = true;
        crawl->stop_code = code;
    }
    return code;
}

static int on_found(void *arg, int total)
{
    struct crawl *crawl = arg;
    struct sb_guard *guard = sb_guard_pause();
    int rc = 0;

    if (crawl->call.stopped)
        rc = crawl->stop_code;
    else if (crawl->sink->found)
        rc = stop(crawl, crawl->sink->found(crawl->sink->arg, total));
    sb_guard_resume(guard);
    return rc;
}

static int on_page(void *arg, const struct sb_crawl_page *page)
{
    struct crawl *crawl = arg;
    struct sb_guard *guard = sb_guard_pause();
    int rc;

    crawl->began = true;
    if (crawl->call.stopped)
        rc = crawl->stop_code;
    else
        rc = stop(crawl, crawl->sink->page(crawl->sink->arg, page));
    sb_guard_resume(guard);
    return rc;
}

static int attempt(struct sb_chain_call *call, struct sb_instance *instance,
                   const void *ops, struct sb_err *err)
{
    struct crawl *crawl = (struct crawl *)call;
    const struct sb_crawl_ops *own = ops;
    struct sb_crawl_sink sink = {
        .size = sizeof(sink), .arg = crawl, .found = on_found, .page = on_page};
    int rc;

    sb_chain_enter(call, instance);
    rc = own->crawl(instance->state, crawl->request, &sink, err);
    rc = sb_chain_leave(call, rc, err);
    if (call->stopped)
        return crawl->stop_code;
    if (rc != 0 && crawl->began)
        call->stopped = true; /* nobody else begins anew */
    return rc;
}

int sb_chain_crawl(struct sb_chain *chain, const struct sb_crawl_request *request,
                   const struct sb_crawl_sink *sink, struct sb_chain_trace *trace,
                   struct sb_err *err)
{
    struct sb_chain_trace own = {.plugin = "", .model = ""};
    struct crawl crawl = {
        .call = {.chain = chain, .attempt = attempt}, .request = request, .sink = sink};

    if (chain->kind != SB_KIND_CRAWL)
        return sb_fail(err, SB_EINTERNAL, "this chain fills the role %s",
                       sb_role_name(chain->kind));
    if (trace)
        *trace = own;
    crawl.call.trace = trace ? trace : &own;
    return sb_chain_run(&crawl.call, err);
}
