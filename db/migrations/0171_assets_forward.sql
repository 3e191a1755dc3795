-- From which month an asset is planned anew: earlier months stay as the books have them, and the rest of its life has what is
-- left. Null: planned from its start.
alter table assets add column plan_restarts_on date check (extract(day from plan_restarts_on) = 1);

-- Depreciation of earlier months that a run found missing: made up for at once, or spread over the rest of the life.
alter table depreciation_runs
  add column late text not null default 'catch_up' check (late in ('catch_up', 'spread')),
  add column late_total bigint not null default 0 check (late_total between 0 and 7000000000000000);

-- What assets came into the books with is found without reading the entries.
create index journal_entries_openings on journal_entries (client_account_id, id)
  where source in ('saf-t-opening', 'asset-opening');
