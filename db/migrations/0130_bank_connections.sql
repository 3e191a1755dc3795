-- The integration of a client account with a bank: what is ordered here (is_active), and how far the agreement has come at
-- the bank and its provider (agreement_state). Each is true without the other.
create table bank_connections (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  bic text not null check (bic ~ '^[A-Z]{6}[A-Z0-9]{2}$'),
  -- Who carries the files.
  provider text not null check (provider in ('tietoevry', 'zdata')),
  is_active boolean not null,
  integration_config jsonb not null default '{}' check (jsonb_typeof(integration_config) = 'object'),
  agreement_state text not null default 'not_requested' check (agreement_state in ('not_requested', 'form_ready',
    'sent_to_bank', 'bank_processing', 'connected', 'rejected', 'expired', 'terminated')),
  -- In the words of the bank or the provider, where it was refused or ended.
  agreement_reason text check (length(agreement_reason) <= 500),
  agreement_at timestamptz,
  -- When it was switched on last.
  ordered_at timestamptz,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  primary key (client_account_id, bic),
  check (not is_active or ordered_at is not null),
  -- DNB finds the customer's files by the division.
  check (not is_active or bic <> 'DNBANOKK' or (coalesce(integration_config ->> 'division_number', '') <> ''
    and coalesce(integration_config ->> 'division_name', '') <> ''))
);

-- What the provider says of each account: an agreement may be made for some, and one may be ready before the other.
create table bank_connection_accounts (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  bank_account_id bigint not null,
  state text not null check (state in ('requested', 'ready', 'rejected', 'ended')),
  reason text check (length(reason) <= 500),
  -- What is ready of payments, statements and receivables.
  services text[] not null default '{}' check (services <@ array['payments', 'statements', 'receivables']),
  updated_at timestamptz not null default now(),
  primary key (client_account_id, bank_account_id),
  foreign key (client_account_id, bank_account_id) references bank_accounts on delete cascade
);
select wall(t) from unnest(array['bank_connections', 'bank_connection_accounts']::regclass[]) t;
grant select, insert, update on bank_connections, bank_connection_accounts to hovedbok_app;

-- What a client account pays for beside its plan.
create table billing_add_ons (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  code text not null check (code in ('BANK_INTEGRATION')),
  added_at timestamptz not null,
  added_by_id bigint,
  primary key (client_account_id, code)
);
select wall('billing_add_ons');
grant select, insert, delete on billing_add_ons to hovedbok_app;
