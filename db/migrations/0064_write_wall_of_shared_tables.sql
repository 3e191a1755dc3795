-- Tables that no client account owns alone are read before anybody's rights are known, so anybody reads them. A write
-- touches only what the transaction was opened for: client accounts (app.client_accounts), the user who acts
-- (app.user_id), or one named kind of work of the house (app.work). Forced, so that it holds for the owner as well; a
-- later migration that changes rows here sets these first.
create function wall_writes(target regclass, own text) returns void language plpgsql as $$
declare
  rule text := replace(replace(replace(own,
    '{accounts}', '(select current_setting(''app.client_accounts'')::bigint[])::bigint[]'),
    '{user}', '(select nullif(current_setting(''app.user_id'', true), '''')::bigint)'),
    '{work}', '(select current_setting(''app.work'', true))');
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy anybody_reads on %s for select using (true)', target);
  execute format('create policy own_inserted on %s for insert with check (%s)', target, rule);
  execute format('create policy own_updated on %s for update using (%s) with check (%s)', target, rule, rule);
  execute format('create policy own_deleted on %s for delete using (%s)', target, rule);
end $$;
revoke execute on function wall_writes(regclass, text) from public;

select wall_writes('client_accounts', 'id = any ({accounts})');
select wall_writes('client_account_users', 'client_account_id = any ({accounts})');
select wall_writes('contracts', 'client_account_id = any ({accounts}) or provider_client_account_id = any ({accounts})');
select wall_writes('organizations', 'exists (select from client_accounts c where c.organization_id = organizations.id and c.id = any ({accounts}))');
select wall_writes('users', 'id = {user}');
select wall_writes('sessions', 'user_id = {user} or {work} = ''expiry''');
select wall_writes('access_tokens', 'user_id = {user} or {work} = ''expiry''');
select wall_writes('oauth_clients', 'user_id = {user}');
select wall_writes('oauth_records', '{work} in (''oauth'', ''expiry'') or payload ->> ''accountId'' = {user}::text
  or exists (select from oauth_clients c where c.client_id = payload ->> ''clientId'' and c.user_id = {user})');
select wall_writes('throttles', '{work} in (''throttle'', ''expiry'')');

-- What is new is nobody's yet: its number is the database's, and what may follow from it stands behind its own wall.
alter policy own_inserted on client_accounts with check (true);
alter policy own_inserted on organizations with check (true);
alter policy own_inserted on users with check (true);
-- A program that registers itself acts as nobody.
alter policy own_inserted on oauth_clients
  with check (user_id is null or user_id = (select nullif(current_setting('app.user_id', true), '')::bigint));

-- Nothing here is removed but by the function that removes a whole client account, and a stored answer never changes.
revoke delete on users, client_accounts from hovedbok_app;
revoke update on idempotency_keys from hovedbok_app;

-- What a user or a program holds, found when it ends.
create index oauth_records_account on oauth_records ((payload ->> 'accountId')) where payload ? 'accountId';
create index oauth_records_client on oauth_records ((payload ->> 'clientId')) where payload ? 'clientId';
