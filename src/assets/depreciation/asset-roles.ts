/**
 * The accounts with amounts of assets, as `roles (account_code, role)`; $1 is the client account. `charge`: accounts of
 * depreciation, flagged in the chart or assigned to a class. `accumulated` and `cost`: balance accounts that require
 * the asset dimension; together they are its value.
 */
export const ASSET_ROLES = `roles as (
  select a.account_code,
    case when a.is_charge then 'charge' when a.is_accumulated then 'accumulated' else 'cost' end as role
  from (
    select coalesce(c.account_code, g.account_code) as account_code,
      'depreciation' = any (coalesce(c.flags, g.flags)) or exists (
        select from asset_class_accounts k
        where k.client_account_id = $1 and k.expense_account = coalesce(c.account_code, g.account_code)) as is_charge,
      'accumulated' = any (coalesce(c.flags, g.flags)) or exists (
        select from asset_class_accounts k
        where k.client_account_id = $1 and k.accumulated_account = coalesce(c.account_code, g.account_code)) as is_accumulated,
      'asset' = any (coalesce(c.mandatory_dimensions, g.mandatory_dimensions))
        and coalesce(c.account_type, g.account_type) in ('asset', 'liability', 'equity') as is_value
    from (
      select account_code, flags, mandatory_dimensions, account_type from client_gl_accounts where client_account_id = $1
    ) c
    full join gl_accounts g on g.account_code = c.account_code
  ) a
  where a.is_charge or a.is_value
)`;
