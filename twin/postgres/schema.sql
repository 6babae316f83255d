-- The sample application's tables and roles. Roles have no password here: each run sets random ones.
create role app login;
create role hotshift login createrole;
create role replicator login replication;

-- What the maintenance role may do, and on RDS could: look, end sessions, shut the application out.
grant pg_monitor, pg_signal_backend to hotshift;
grant app to hotshift with admin option, inherit false, set false;
do $$ begin execute format('alter database %I owner to hotshift', current_database()); end $$;

-- One row per acknowledged write of a client: what the ledger of a run is compared with.
create table client_write (
  id uuid primary key,
  region text not null,
  epoch bigint not null,
  written_at timestamptz not null default clock_timestamp(),
  payload text not null default ''
);
create index client_write_written_at on client_write (written_at);

-- Writes of clients that know only the first writer and go there past the application: what a fence is tried with. Kept apart from
-- the ledger, which is the application's.
create table bypass_write (
  id uuid primary key,
  kind text not null,
  place text not null,
  written_at timestamptz not null default clock_timestamp()
);

-- The newest proof of life per region, with the epoch under which it was written. An epoch never goes back.
create table hotshift_heartbeat (
  region text primary key,
  at timestamptz not null default clock_timestamp(),
  epoch bigint not null default 0
);

create table app_user (
  name text primary key,
  full_name text not null
);
insert into app_user values ('ada', 'Ada Lovelace'), ('grace', 'Grace Hopper'), ('katherine', 'Katherine Johnson');

grant select, insert on client_write, bypass_write to app;
grant select on app_user to app;
grant select, insert, update on hotshift_heartbeat to app, hotshift;
grant select on client_write, app_user to hotshift;
