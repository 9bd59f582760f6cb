-- SPDX-License-Identifier: Apache-2.0
--
-- Conversations: who spoke, what was said, what was answered and by whom, what the
-- intake learnt, and what came of it. org_id leads every key.

-- A browser or device. Its token is a secret of the client: only the hash is kept.
CREATE TABLE visitors (
    org_id     uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id         uuid NOT NULL,
    token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, token_hash)
);

-- One verified identity. Nothing that was merely typed ever gets here.
CREATE TABLE people (
    org_id     uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id         uuid NOT NULL,
    name       text NOT NULL DEFAULT '',
    email      text,
    phone      text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CHECK (email IS NOT NULL OR phone IS NOT NULL)
);
CREATE UNIQUE INDEX people_email ON people (org_id, email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX people_phone ON people (org_id, phone) WHERE phone IS NOT NULL;

-- last_seq numbers the messages; asked_seq is the newest of the person's, answered_seq
-- the newest that has been answered. lease_* says which turn is being run just now: a
-- column, not a lock, because a model may take longer than a connection should be held.
CREATE TABLE conversations (
    org_id       uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id           uuid NOT NULL,
    agent_id     uuid NOT NULL,
    visitor_id   uuid NOT NULL,
    person_id    uuid,
    channel      text NOT NULL,
    status       text NOT NULL DEFAULT 'open'
                 CHECK (status IN ('open', 'waiting', 'human', 'ended')),
    phase        smallint NOT NULL DEFAULT 0,
    urgency      smallint NOT NULL DEFAULT 0,
    escalated    boolean NOT NULL DEFAULT false,
    last_seq     bigint NOT NULL DEFAULT 0,
    asked_seq    bigint NOT NULL DEFAULT 0,
    answered_seq bigint NOT NULL DEFAULT 0,
    turns        integer NOT NULL DEFAULT 0,
    lease_holder uuid,
    lease_until  timestamptz,
    intake       jsonb NOT NULL DEFAULT '{}',
    summary      text NOT NULL DEFAULT '',
    context      jsonb NOT NULL DEFAULT '{}',
    metadata     jsonb,
    started_at   timestamptz NOT NULL DEFAULT now(),
    last_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, visitor_id) REFERENCES visitors (org_id, id) ON DELETE CASCADE
);
-- A visitor asks for a conversation by its id alone.
CREATE INDEX conversations_id ON conversations (id);
CREATE INDEX conversations_visitor ON conversations (org_id, visitor_id, started_at DESC);
CREATE INDEX conversations_person ON conversations (org_id, person_id, started_at DESC)
    WHERE person_id IS NOT NULL;
CREATE INDEX conversations_agent ON conversations (org_id, agent_id, started_at DESC);
CREATE INDEX conversations_unanswered ON conversations (org_id, last_at)
    WHERE asked_seq > answered_seq;

-- client_id makes a message that is sent twice one message; the server makes up one
-- (with a leading '~') where the client gave none, for its own retries.
CREATE TABLE messages (
    org_id          uuid NOT NULL,
    conversation_id uuid NOT NULL,
    seq             bigint NOT NULL,
    role            text NOT NULL CHECK (role IN ('user', 'assistant', 'human', 'system')),
    text            text NOT NULL,
    client_id       text,
    in_reply_to     bigint,
    sources         jsonb NOT NULL DEFAULT '[]',
    extra           jsonb NOT NULL DEFAULT '{}',
    at              timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, conversation_id, seq),
    FOREIGN KEY (org_id, conversation_id)
        REFERENCES conversations (org_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX messages_client ON messages (org_id, conversation_id, client_id)
    WHERE client_id IS NOT NULL;
CREATE UNIQUE INDEX messages_answer ON messages (org_id, conversation_id, in_reply_to)
    WHERE in_reply_to IS NOT NULL AND role = 'assistant';

-- One answered turn: who answered, at what cost, how fast, and what went wrong before.
CREATE TABLE turns (
    org_id          uuid NOT NULL,
    conversation_id uuid NOT NULL,
    seq_in          bigint NOT NULL,
    agent_id        uuid NOT NULL,
    provider        text NOT NULL,
    model           text NOT NULL,
    input_tokens    bigint NOT NULL DEFAULT 0,
    output_tokens   bigint NOT NULL DEFAULT 0,
    cached_tokens   bigint NOT NULL DEFAULT 0,
    cost            double precision NOT NULL DEFAULT 0,
    steps           smallint NOT NULL DEFAULT 0,
    attempts        smallint NOT NULL DEFAULT 0,
    search_us       bigint NOT NULL DEFAULT 0,
    first_text_us   bigint NOT NULL DEFAULT 0,
    llm_us          bigint NOT NULL DEFAULT 0,
    total_us        bigint NOT NULL DEFAULT 0,
    confidence      double precision NOT NULL DEFAULT 0,
    refused         boolean NOT NULL DEFAULT false, -- replaced by the verbatim check
    recovered       boolean NOT NULL DEFAULT false,
    failures        text NOT NULL DEFAULT '',
    tools           text NOT NULL DEFAULT '',
    at              timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, conversation_id, seq_in),
    FOREIGN KEY (org_id, conversation_id)
        REFERENCES conversations (org_id, id) ON DELETE CASCADE
);
CREATE INDEX turns_agent ON turns (org_id, agent_id, at DESC);

-- Every change of an intake field, in order; earlier values stay.
CREATE TABLE intake_journal (
    org_id          uuid NOT NULL,
    conversation_id uuid NOT NULL,
    id              bigint GENERATED ALWAYS AS IDENTITY,
    seq_in          bigint NOT NULL,
    field           text NOT NULL,
    state           text NOT NULL
                    CHECK (state IN ('empty', 'filled', 'confirmed', 'declined')),
    value           text NOT NULL DEFAULT '',
    said            text NOT NULL DEFAULT '',
    source          text NOT NULL DEFAULT 'said', -- 'said' | 'client' | 'signed'
    at              timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, conversation_id, id),
    FOREIGN KEY (org_id, conversation_id)
        REFERENCES conversations (org_id, id) ON DELETE CASCADE
);

CREATE TABLE leads (
    org_id          uuid NOT NULL,
    id              uuid NOT NULL,
    conversation_id uuid NOT NULL,
    agent_id        uuid NOT NULL,
    person_id       uuid,
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'complete')),
    name            text NOT NULL DEFAULT '',
    email           text NOT NULL DEFAULT '',
    phone           text NOT NULL DEFAULT '',
    reason          text NOT NULL DEFAULT '', -- what the person wants
    message         text NOT NULL DEFAULT '',
    fields          jsonb NOT NULL DEFAULT '{}',
    score           integer NOT NULL DEFAULT 0,
    score_reason    text NOT NULL DEFAULT '',
    qualified       boolean NOT NULL DEFAULT true,
    qualify_reason  text NOT NULL DEFAULT '',
    queue           text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    completed_at    timestamptz,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, conversation_id),
    FOREIGN KEY (org_id, conversation_id)
        REFERENCES conversations (org_id, id) ON DELETE CASCADE
);
CREATE INDEX leads_recent ON leads (org_id, created_at DESC);

-- A human is wanted. One a rule and conversation, however often the words come again.
CREATE TABLE escalations (
    org_id          uuid NOT NULL,
    id              uuid NOT NULL,
    conversation_id uuid NOT NULL,
    agent_id        uuid NOT NULL,
    seq_in          bigint NOT NULL,
    level           smallint NOT NULL CHECK (level BETWEEN 1 AND 3),
    rule            text NOT NULL,
    reason          text NOT NULL DEFAULT '',
    page            boolean NOT NULL DEFAULT true,
    delivered_at    timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, conversation_id, rule),
    FOREIGN KEY (org_id, conversation_id)
        REFERENCES conversations (org_id, id) ON DELETE CASCADE
);
CREATE INDEX escalations_waiting ON escalations (org_id, created_at)
    WHERE delivered_at IS NULL;

-- Gathered in each worker and added every few seconds: a hint for charts, while the
-- tables above are the truth.
CREATE TABLE daily_counters (
    org_id   uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    agent_id uuid NOT NULL,
    day      date NOT NULL,
    name     text NOT NULL,
    value    bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, agent_id, day, name)
);

SELECT sb_tenant_table('visitors');
SELECT sb_tenant_table('people');
SELECT sb_tenant_table('conversations');
SELECT sb_tenant_table('messages');
SELECT sb_tenant_table('turns');
SELECT sb_tenant_table('intake_journal');
SELECT sb_tenant_table('leads');
SELECT sb_tenant_table('escalations');
SELECT sb_tenant_table('daily_counters');
