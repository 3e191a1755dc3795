-- The wall binds the owner of the tables too: a connection that lost the application's role sees nothing. What works with
-- the owner's rights says so: migrations and backups with a setting, functions with the search path that is fixed for each
-- of them. (An owner who is no superuser cannot fix a setting of our own for a function.)

create or replace function wall(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy client_wall on %s to hovedbok_app
       using (client_account_id = any ((select current_setting(''app.client_accounts'')::bigint[])::bigint[]))
       with check (client_account_id = any ((select current_setting(''app.client_accounts'')::bigint[])::bigint[]))', target);
  perform owner_works(target);
end $$;

create function owner_works(target regclass) returns void language plpgsql as $$
begin
  execute format(
    'create policy owner_works on %1$s to %2$I using (%3$s) with check (%3$s)', target, current_user,
    $works$(select coalesce(current_setting('hovedbok.owner_works', true), '') = 'on'
      or replace(current_setting('search_path'), ' ', '') = 'public,pg_temp')$works$);
end $$;
revoke execute on function owner_works(regclass) from public;

do $$
declare
  target regclass;
begin
  for target in
    select c.oid from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
  loop
    execute format('alter table %s force row level security', target);
    perform owner_works(target);
  end loop;
end $$;
