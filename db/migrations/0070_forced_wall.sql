-- The wall binds the owner of the tables too: a connection that lost the application's role sees nothing. What works with
-- the owner's rights (migrations, the functions below) says so with a setting that only the owner's policy reads.

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
    'create policy owner_works on %s to %I
       using ((select current_setting(''hovedbok.owner_works'', true)) = ''on'')
       with check ((select current_setting(''hovedbok.owner_works'', true)) = ''on'')', target, current_user);
end $$;
revoke execute on function owner_works(regclass) from public;

do $$
declare
  target regclass;
  made oid;
begin
  for target in
    select p.polrelid from pg_policy p join pg_class c on c.oid = p.polrelid
    where p.polname = 'client_wall' and c.relnamespace = 'public'::regnamespace
  loop
    execute format('alter table %s force row level security', target);
    perform owner_works(target);
  end loop;
  for made in select oid from pg_proc where pronamespace = 'public'::regnamespace and prosecdef loop
    execute format('alter function %s set hovedbok.owner_works = ''on''', made::regprocedure);
  end loop;
end $$;
