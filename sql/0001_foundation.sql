-- SPDX-License-Identifier: Apache-2.0
--
-- What every later migration stands on: how a table is fenced to its organisation,
-- the organisations and their receptionists, and the queues.
--
-- Two roles exist already when this runs (core/store/migrate.c makes them), both
-- NOLOGIN and without BYPASSRLS: switchboard_app is what a worker is, and sees one
-- organisation at a time; switchboard_system is taken by the few transactions that
-- work across all of them. The tables belong to neither. Row-level security is forced
-- on the owner as well: a later migration that has to change rows says
-- SET LOCAL ROLE switchboard_system first.

GRANT USAGE ON SCHEMA public TO switchboard_app, switchboard_system;

-- Fences a table: every migration calls it for each table that has an org_id.
-- The setting is '' (not NULL) after a transaction that had set it, hence nullif().
CREATE FUNCTION sb_tenant_table(tbl regclass, org_column name DEFAULT 'org_id')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tbl);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tbl);
    EXECUTE format('DROP POLICY IF EXISTS one_tenant ON %s', tbl);
    EXECUTE format('DROP POLICY IF EXISTS whole_system ON %s', tbl);
    EXECUTE format('CREATE POLICY one_tenant ON %s TO switchboard_app'
        ' USING (%I = nullif(current_setting(''app.org_id'', true), '''')::uuid)',
        tbl, org_column);
    EXECUTE format('CREATE POLICY whole_system ON %s TO switchboard_system'
        ' USING (true)', tbl);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s'
        ' TO switchboard_app, switchboard_system', tbl);
END $$;
REVOKE EXECUTE ON FUNCTION sb_tenant_table(regclass, name) FROM PUBLIC;

-- A table that belongs to no organisation: workers read, the system role writes.
-- Row-level security keeps out roles that a hosted database grants everything to.
CREATE FUNCTION sb_global_table(tbl regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tbl);
    EXECUTE format('DROP POLICY IF EXISTS everybody_reads ON %s', tbl);
    EXECUTE format('DROP POLICY IF EXISTS whole_system ON %s', tbl);
    EXECUTE format('CREATE POLICY everybody_reads ON %s FOR SELECT'
        ' TO switchboard_app USING (true)', tbl);
    EXECUTE format('CREATE POLICY whole_system ON %s TO switchboard_system'
        ' USING (true)', tbl);
    EXECUTE format('GRANT SELECT ON %s TO switchboard_app', tbl);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO switchboard_system',
        tbl);
END $$;
REVOKE EXECUTE ON FUNCTION sb_global_table(regclass) FROM PUBLIC;

SELECT sb_global_table('schema_migrations');

-- Facts about the installation. Nothing secret: every worker may read them.
CREATE TABLE settings (
    key        text PRIMARY KEY,
    value      jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
SELECT sb_global_table('settings');

-- ---- organisations and their receptionists ----

CREATE TABLE organizations (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    slug        text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    config      jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(config) = 'object'),
    origin      text NOT NULL DEFAULT 'api' CHECK (origin IN ('file', 'api')),
    source_hash text NOT NULL DEFAULT '', -- of the tenant file when last read
    enabled     boolean NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);
SELECT sb_tenant_table('organizations', 'id');
REVOKE INSERT, DELETE ON organizations FROM switchboard_app;

-- Versions come from one sequence, so that one is never used twice, not even by an
-- agent that is deleted and made again: a cache that compares versions cannot be fooled.
CREATE SEQUENCE agent_versions;
GRANT USAGE ON SEQUENCE agent_versions TO switchboard_app, switchboard_system;

CREATE TABLE agents (
    org_id     uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id         uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    slug       text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name       text NOT NULL DEFAULT '' CHECK (length(name) <= 200),
    vertical   text NOT NULL CHECK (vertical ~ '^[a-z][a-z0-9_]{0,62}$'),
    config     jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(config) = 'object'),
    origin     text NOT NULL DEFAULT 'api' CHECK (origin IN ('file', 'api')),
    enabled    boolean NOT NULL DEFAULT true,
    version    bigint NOT NULL DEFAULT nextval('agent_versions'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id)
);
SELECT sb_tenant_table('agents');

-- An agent's version rises with each change of its row, and with each change of its
-- organisation's; a write that changes nothing leaves it alone.
CREATE FUNCTION sb_agent_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.slug, NEW.name, NEW.vertical, NEW.config, NEW.enabled)
        IS DISTINCT FROM (OLD.slug, OLD.name, OLD.vertical, OLD.config, OLD.enabled)
    THEN
        NEW.version := nextval('agent_versions');
        NEW.updated_at := now();
    ELSE
        NEW.version := greatest(NEW.version, OLD.version);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agent_changed BEFORE UPDATE ON agents
    FOR EACH ROW EXECUTE FUNCTION sb_agent_changed();

CREATE FUNCTION sb_organization_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE agents SET version = nextval('agent_versions') WHERE org_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER organization_changed AFTER UPDATE ON organizations FOR EACH ROW
    WHEN ((NEW.slug, NEW.name, NEW.config, NEW.enabled)
        IS DISTINCT FROM (OLD.slug, OLD.name, OLD.config, OLD.enabled))
    EXECUTE FUNCTION sb_organization_changed();

-- ---- the queues ----

-- Work to be done. A job that is taken keeps its place: its run_at moves to the end of
-- the lease and token says who has it, so one whose worker died is simply due again.
-- Jobs that belong to no organisation have the nil UUID and are system's alone.
CREATE TABLE jobs (
    org_id     uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    id         bigint GENERATED ALWAYS AS IDENTITY,
    kind       text NOT NULL CHECK (length(kind) BETWEEN 1 AND 63),
    key        text CHECK (length(key) BETWEEN 1 AND 300),
    args       jsonb NOT NULL DEFAULT '{}',
    run_at     timestamptz NOT NULL DEFAULT now(),
    every_ms   bigint CHECK (every_ms > 0), -- a schedule: done means due again
    attempts   integer NOT NULL DEFAULT 0,
    token      uuid,        -- of whoever runs it
    dead_at    timestamptz, -- out of tries, or hopeless
    error      text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id)
);
CREATE INDEX jobs_due ON jobs (kind, run_at) WHERE dead_at IS NULL;
CREATE INDEX jobs_dead ON jobs (dead_at) WHERE dead_at IS NOT NULL;
CREATE UNIQUE INDEX jobs_waiting_key ON jobs (org_id, kind, key)
    WHERE key IS NOT NULL AND token IS NULL AND dead_at IS NULL;
CREATE UNIQUE INDEX jobs_schedule ON jobs (org_id, kind) WHERE every_ms IS NOT NULL;
SELECT sb_tenant_table('jobs');

CREATE FUNCTION sb_organization_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM jobs WHERE org_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER organization_deleted AFTER DELETE ON organizations
    FOR EACH ROW EXECUTE FUNCTION sb_organization_deleted();

-- Effects on the world (pages, mail, messages, webhooks): written in the transaction
-- that causes them, delivered later, each key once.
CREATE TABLE outbox (
    org_id     uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    kind       text NOT NULL CHECK (length(kind) BETWEEN 1 AND 63),
    key        text NOT NULL CHECK (length(key) BETWEEN 1 AND 300),
    payload    jsonb NOT NULL,
    attempts   integer NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    done_at    timestamptz,
    dead_at    timestamptz,
    error      text,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, key)
);
CREATE INDEX outbox_due ON outbox (next_at) WHERE done_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_dead ON outbox (org_id, dead_at) WHERE dead_at IS NOT NULL;
SELECT sb_tenant_table('outbox');
