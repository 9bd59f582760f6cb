-- SPDX-License-Identifier: Apache-2.0
--
-- What a receptionist knows: where it was learnt (sources, pages), the passages that
-- are searched (chunks), what is stated outright (faqs, facts), where pages disagree
-- (contradictions) and what nobody could answer (gaps).

-- One row an agent. Its generation rises with every change of the agent's chunks, in
-- the transaction that changes them: whoever keeps them in memory compares it.
CREATE TABLE know_indexes (
    org_id     uuid NOT NULL,
    agent_id   uuid NOT NULL,
    generation bigint NOT NULL DEFAULT 1,
    space      text NOT NULL DEFAULT '', -- of the vectors that are complete
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, agent_id),
    FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id) ON DELETE CASCADE
);
SELECT sb_tenant_table('know_indexes');

CREATE TABLE sources (
    org_id         uuid NOT NULL,
    id             uuid NOT NULL,
    agent_id       uuid NOT NULL,
    kind           text NOT NULL DEFAULT 'site' CHECK (kind IN ('site')),
    url            text NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
    max_pages      integer NOT NULL DEFAULT 500 CHECK (max_pages BETWEEN 1 AND 100000),
    state          text NOT NULL DEFAULT 'queued'
                   CHECK (state IN ('queued', 'running', 'done', 'failed')),
    run            bigint NOT NULL DEFAULT 0, -- number of the crawl, for what it saw
    found          integer NOT NULL DEFAULT 0,
    read           integer NOT NULL DEFAULT 0,
    unchanged      integer NOT NULL DEFAULT 0,
    failed         integer NOT NULL DEFAULT 0,
    chunks         integer NOT NULL DEFAULT 0,
    contradictions integer NOT NULL DEFAULT 0,
    error          text NOT NULL DEFAULT '',
    created_at     timestamptz NOT NULL DEFAULT now(),
    started_at     timestamptz,
    noted_at       timestamptz, -- when the crawl last told how far it is
    finished_at    timestamptz,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, agent_id, url),
    FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id) ON DELETE CASCADE
);
SELECT sb_tenant_table('sources');

CREATE TABLE pages (
    org_id       uuid NOT NULL,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    agent_id     uuid NOT NULL,
    source_id    uuid NOT NULL,
    url          text NOT NULL CHECK (length(url) BETWEEN 1 AND 4000),
    title        text NOT NULL DEFAULT '',
    status       integer NOT NULL DEFAULT 0,
    state        text NOT NULL CHECK (state IN ('read', 'failed', 'skipped')),
    reason       text NOT NULL DEFAULT '', -- why it failed or was skipped
    content_hash bigint NOT NULL DEFAULT 0, -- what a reader would notice
    chunk_hash   bytea,                     -- of what was made of it
    dated        text NOT NULL DEFAULT '',  -- ISO date it was last seen to change
    run          bigint NOT NULL DEFAULT 0, -- the crawl that saw it last
    fetched_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, source_id, url),
    FOREIGN KEY (org_id, source_id) REFERENCES sources (org_id, id) ON DELETE CASCADE
);
SELECT sb_tenant_table('pages');

-- Questions with approved answers: the template's and the tenant's own.
CREATE TABLE faqs (
    org_id     uuid NOT NULL,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    agent_id   uuid NOT NULL,
    origin     text NOT NULL CHECK (origin IN ('template', 'tenant')),
    key        text NOT NULL, -- the folded question
    question   text NOT NULL,
    answer     text NOT NULL,
    also       text NOT NULL DEFAULT '', -- other ways to ask, one a line
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, agent_id, key),
    FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id) ON DELETE CASCADE
);
SELECT sb_tenant_table('faqs');

-- Passages. Vectors and packed words are read whole and never compressed.
CREATE TABLE chunks (
    org_id        uuid NOT NULL,
    id            bigint GENERATED ALWAYS AS IDENTITY,
    agent_id      uuid NOT NULL,
    kind          smallint NOT NULL CHECK (kind BETWEEN 1 AND 3), -- faq, fact, page
    page_id       bigint,
    faq_id        bigint,
    key           text NOT NULL DEFAULT '', -- of a fact: "hours|pro shop"
    ordinal       integer NOT NULL DEFAULT 0,
    asked         boolean NOT NULL DEFAULT false, -- a question with its answer
    title         text NOT NULL DEFAULT '',
    heading       text NOT NULL DEFAULT '',
    url           text NOT NULL DEFAULT '',
    text          text NOT NULL,
    also          text NOT NULL DEFAULT '', -- searched, not shown
    dated         text NOT NULL DEFAULT '',
    conflict      text NOT NULL DEFAULT '',
    holds         smallint NOT NULL DEFAULT 0, -- SB_HOLDS_* bits
    hash          bytea NOT NULL,
    terms         bytea NOT NULL,
    terms_version smallint NOT NULL,
    space         text NOT NULL DEFAULT '', -- of the vector
    vector        bytea,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, page_id) REFERENCES pages (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, faq_id) REFERENCES faqs (org_id, id) ON DELETE CASCADE
);
ALTER TABLE chunks ALTER COLUMN terms SET STORAGE EXTERNAL;
ALTER TABLE chunks ALTER COLUMN vector SET STORAGE EXTERNAL;
CREATE INDEX chunks_agent ON chunks (org_id, agent_id, id);
CREATE INDEX chunks_page ON chunks (org_id, page_id) WHERE page_id IS NOT NULL;
CREATE INDEX chunks_faq ON chunks (org_id, faq_id) WHERE faq_id IS NOT NULL;
SELECT sb_tenant_table('chunks');

CREATE TABLE facts (
    org_id   uuid NOT NULL,
    id       bigint GENERATED ALWAYS AS IDENTITY,
    agent_id uuid NOT NULL,
    page_id  bigint NOT NULL,
    kind     text NOT NULL,
    origin   smallint NOT NULL, -- SB_FACT_FROM_*
    subject  text NOT NULL DEFAULT '',
    value    text NOT NULL DEFAULT '',
    text     text NOT NULL,
    heading  text NOT NULL DEFAULT '',
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, page_id) REFERENCES pages (org_id, id) ON DELETE CASCADE
);
CREATE INDEX facts_agent ON facts (org_id, agent_id, kind);
CREATE INDEX facts_page ON facts (org_id, page_id);
SELECT sb_tenant_table('facts');

-- Two pages that state different things; the preferred one is what is told.
CREATE TABLE contradictions (
    org_id      uuid NOT NULL,
    id          bigint GENERATED ALWAYS AS IDENTITY,
    agent_id    uuid NOT NULL,
    kind        text NOT NULL,
    subject     text NOT NULL DEFAULT '',
    page_id     bigint NOT NULL, -- preferred
    said        text NOT NULL,
    value       text NOT NULL DEFAULT '',
    other_page  bigint NOT NULL,
    other_said  text NOT NULL,
    other_value text NOT NULL DEFAULT '',
    why         text NOT NULL DEFAULT '', -- why the first is preferred
    seen_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, page_id) REFERENCES pages (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, other_page) REFERENCES pages (org_id, id) ON DELETE CASCADE
);
CREATE INDEX contradictions_agent ON contradictions (org_id, agent_id);
CREATE INDEX contradictions_page ON contradictions (org_id, page_id);
CREATE INDEX contradictions_other ON contradictions (org_id, other_page);
SELECT sb_tenant_table('contradictions');

-- What was asked and could not be answered; near-equal questions share a row.
CREATE TABLE gaps (
    org_id       uuid NOT NULL,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    agent_id     uuid NOT NULL,
    question     text NOT NULL, -- as it was asked first
    key          text NOT NULL, -- its stems in order
    count        integer NOT NULL DEFAULT 1,
    conversation text NOT NULL DEFAULT '', -- the latest one's id
    space        text NOT NULL DEFAULT '',
    vector       bytea,
    state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'ignored')),
    first_at     timestamptz NOT NULL DEFAULT now(),
    last_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, agent_id, key),
    FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id) ON DELETE CASCADE
);
CREATE INDEX gaps_agent ON gaps (org_id, agent_id, last_at DESC);
SELECT sb_tenant_table('gaps');
