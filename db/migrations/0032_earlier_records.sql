-- How the masters that reports print stood before each change, so that a report can be asked again as the books were
-- known at an earlier moment. Kept by triggers, so that no way of changing a master can forget it.

-- `was`: the row before the change at `until`; null: there was none.
create table earlier_records (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  table_name text not null,
  key text not null,
  until timestamptz not null,
  id bigint generated always as identity,
  was jsonb,
  primary key (client_account_id, table_name, key, until, id)
);
select wall('earlier_records');
grant select, insert on earlier_records to hovedbok_app;

-- Organisations are facts of the public register, shared by the client accounts.
create table earlier_organizations (
  organization_id bigint not null references organizations (id) on delete cascade,
  until timestamptz not null,
  id bigint generated always as identity,
  was jsonb not null,
  primary key (organization_id, until, id)
);
grant select, insert on earlier_organizations to hovedbok_app;

-- Arguments: the column with the client account, then those of the key. The moment is that of the program's clock where
-- the row tells it, because entries are posted by that clock too.
create function keep_earlier() returns trigger language plpgsql as $$
declare
  after jsonb := to_jsonb(new);
  before jsonb := case when tg_op = 'UPDATE' then to_jsonb(old) end;
  changed_at timestamptz := now();
begin
  if before ->> 'updated_at' <> after ->> 'updated_at' then
    changed_at := after ->> 'updated_at';
  end if;
  insert into earlier_records (client_account_id, table_name, key, until, was)
  select (after ->> tg_argv[0])::bigint, tg_table_name, string_agg(after ->> tg_argv[n], '@' order by n), changed_at, before
  from generate_series(1, tg_nargs - 1) n;
  return null;
end $$;
create function keep_earlier_organization() returns trigger language plpgsql as $$
begin
  insert into earlier_organizations (organization_id, until, was) values (old.id, new.updated_at, to_jsonb(old));
  return null;
end $$;

create trigger business_partners_earlier after update on business_partners for each row
  when (old.name <> new.name or old.organization_number is distinct from new.organization_number)
  execute function keep_earlier('client_account_id', 'id');
create trigger dimension_values_earlier after update on dimension_values for each row
  when (old.name <> new.name or old.code is distinct from new.code)
  execute function keep_earlier('client_account_id', 'id');
create trigger client_gl_accounts_earlier after update on client_gl_accounts for each row
  when ((old.name_nb, old.name_en, old.account_type, old.normal_side, old.saft_category, old.saft_code, old.group_code,
      old.statement_line, old.flags, old.mandatory_dimensions)
    is distinct from (new.name_nb, new.name_en, new.account_type, new.normal_side, new.saft_category, new.saft_code,
      new.group_code, new.statement_line, new.flags, new.mandatory_dimensions))
  execute function keep_earlier('client_account_id', 'account_code');
create trigger client_gl_account_versions_earlier after insert or update on client_gl_account_versions for each row
  execute function keep_earlier('client_account_id', 'account_code', 'valid_from');
create trigger tax_codes_earlier after update on tax_codes for each row
  when (old.* is distinct from new.*)
  execute function keep_earlier('client_account_id', 'code');
create trigger client_accounts_earlier after update on client_accounts for each row
  when (old.display_name <> new.display_name or old.organization_number is distinct from new.organization_number
    or old.organization_id is distinct from new.organization_id)
  execute function keep_earlier('id', 'id');
create trigger organizations_earlier after update on organizations for each row
  when (old.name <> new.name or old.organization_number <> new.organization_number)
  execute function keep_earlier_organization();

-- The row as it stood at a moment: null where it was not there, an empty object where nothing changed since.
create function row_then(account bigint, of_table text, of_key text, at timestamptz) returns jsonb language sql stable as $$
  select case when count(*) = 0 then '{}'::jsonb else (array_agg(was))[1] end from (
    select was from earlier_records
    where client_account_id = account and table_name = of_table and key = of_key and until > at
    order by until, id limit 1) e
$$;

-- The tables as they stood at a moment. A row that was made later may be there too: nothing known then refers to it.
create function business_partners_at(account bigint, at timestamptz) returns setof business_partners language sql stable as $$
  select r.* from business_partners t
  cross join lateral jsonb_populate_record(t, row_then(account, 'business_partners', t.id::text, at)) r
  where t.client_account_id = account
$$;
create function dimension_values_at(account bigint, at timestamptz) returns setof dimension_values language sql stable as $$
  select r.* from dimension_values t
  cross join lateral jsonb_populate_record(t, row_then(account, 'dimension_values', t.id::text, at)) r
  where t.client_account_id = account
$$;
create function client_gl_accounts_at(account bigint, at timestamptz) returns setof client_gl_accounts language sql stable as $$
  select r.* from client_gl_accounts t
  cross join lateral jsonb_populate_record(t, row_then(account, 'client_gl_accounts', t.account_code, at)) r
  where t.client_account_id = account
$$;
create function client_gl_account_versions_at(account bigint, at timestamptz) returns setof client_gl_account_versions
language sql stable as $$
  select r.* from client_gl_account_versions t
  cross join lateral row_then(account, 'client_gl_account_versions', t.account_code || '@' || t.valid_from, at) as was
  cross join lateral jsonb_populate_record(t, was) r
  where t.client_account_id = account and was is not null
$$;
create function tax_codes_at(account bigint, at timestamptz) returns setof tax_codes language sql stable as $$
  select r.* from tax_codes t
  cross join lateral jsonb_populate_record(t, row_then(account, 'tax_codes', t.code, at)) r
  where t.client_account_id = account
$$;
create function client_accounts_at(account bigint, at timestamptz) returns setof client_accounts language sql stable as $$
  select r.* from client_accounts t
  cross join lateral jsonb_populate_record(t, row_then(account, 'client_accounts', t.id::text, at)) r
  where t.id = account
$$;
create function organizations_at(at timestamptz) returns setof organizations language sql stable as $$
  select r.* from organizations t
  cross join lateral jsonb_populate_record(t, coalesce((select e.was from earlier_organizations e
    where e.organization_id = t.id and e.until > at order by e.until, e.id limit 1), '{}')) r
$$;

-- The last posting that was made by a moment: numbers are given in the order of time, so it is found by halving.
create function posting_known_at(account bigint, at timestamptz) returns bigint language plpgsql stable as $$
declare
  known bigint := 0;
  later bigint := coalesce((select last_posting_no from client_account_heads where client_account_id = account), 0) + 1;
  middle bigint;
begin
  while later - known > 1 loop
    middle := (known + later) / 2;
    if (select posted_at from journal_entries where client_account_id = account and posting_no = middle) <= at then
      known := middle;
    else
      later := middle;
    end if;
  end loop;
  return known;
end $$;
