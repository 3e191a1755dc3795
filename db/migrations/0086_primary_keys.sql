-- Every table has a primary key: logical replication and online upgrades name a row by it. Where the columns that tell
-- rows apart may be null, the unique constraint over them stays and a number is the key.
alter table vat_balances add column id bigint generated always as identity, add primary key (client_account_id, id);
alter table vat_notes add column id bigint generated always as identity, add primary key (client_account_id, id);
alter table vat_return_remarks add column id bigint generated always as identity, add primary key (client_account_id, id);
