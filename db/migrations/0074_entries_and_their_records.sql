-- What stands on journal entries, in one place: which records an entry cannot be taken back without, and which record each
-- entry of a domain is the posting of.

-- Drafts that were posted: what became of them. The draft itself is gone.
create table posted_drafts (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  draft_id bigint not null,
  entry_id bigint not null,
  primary key (client_account_id, draft_id),
  unique (client_account_id, entry_id),
  foreign key (client_account_id, entry_id) references journal_entries
);
select wall('posted_drafts'::regclass);
grant select, insert on posted_drafts to hovedbok_app;

create index asset_disposals_entry on asset_disposals (client_account_id, entry_id);
create index vat_settlements_entry on vat_settlements (client_account_id, journal_entry_id);
create index documents_entry on documents (client_account_id, journal_entry_id) where journal_entry_id is not null;

-- A disposal stands as long as its entry does. The date on which the asset leaves is that of the disposal that stands, so
-- that with the entry the date is taken back too; what the register holds is what a person said.
create view standing_disposals with (security_invoker = true) as
  select d.* from asset_disposals d
  where not exists (
    select from journal_entries c where c.client_account_id = d.client_account_id and c.cancels_entry_id = d.entry_id);
update assets a set retirement_date = null
from asset_disposals d
where d.client_account_id = a.client_account_id and d.asset_id = a.id and d.disposed_on = a.retirement_date;

-- One row for each record that an entry is taken back with, never alone. The lowest rank is told.
create view entry_holds with (security_invoker = true) as
  select client_account_id, entry_id, 'match' as kind, match_id as record_id, 1 as rank
  from bank_match_lines where is_active
  union all
  select client_account_id, entry_id, case when match_id is null then 'settlement' else 'match' end,
    coalesce(match_id, group_id), 2
  from item_settlements where is_active
  union all
  select client_account_id, journal_entry_id, 'document', id, 3
  from documents where document_status = 'POSTED';

-- Each record with the entry that it posted. `stands`: whether its entry must stand, or must be cancelled. Its date
-- and `total`, what it adds up to on each side, where the record tells.
create view entry_records with (security_invoker = true) as
  select d.client_account_id, 'document' as kind, d.id as record_id, d.journal_entry_id as entry_id, 'document' as source,
    d.document_status = 'POSTED' as stands, null::date as entry_date, null::numeric as total
  from documents d
  where d.journal_entry_id is not null and exists (
    select from journal_entries e
    where e.client_account_id = d.client_account_id and e.id = d.journal_entry_id and e.source = 'document') and d.line_no = 1
  union all
  select b.client_account_id, 'bank match', b.match_id, b.entry_id, 'bank', m.undone_at is null, null, null
  from bank_match_entries b join bank_matches m on m.client_account_id = b.client_account_id and m.id = b.match_id
  union all
  select d.client_account_id, 'disposal', d.id, d.entry_id, 'disposal', null, d.disposed_on, null
  from asset_disposals d
  union all
  select r.client_account_id, 'depreciation run', r.id, r.entry_id, 'depreciation', null, r.entry_date, (
    select sum(abs(a.amount)) from depreciation_run_assets a
    where a.client_account_id = r.client_account_id and a.run_id = r.id and a.outcome = 'posted')
  from depreciation_runs r where r.entry_id is not null
  union all
  select s.client_account_id, 'VAT settlement', s.id, s.journal_entry_id, 'vat-settlement', null, s.entry_date, (
    select sum(greatest(value::numeric, 0)) from jsonb_each_text(s.entry))
  from vat_settlements s;

grant select on standing_disposals, entry_holds, entry_records to hovedbok_app;
