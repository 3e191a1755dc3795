-- The time of the last posting of a client account, under its lock: no later one is stamped earlier, whatever the clock of
-- a node says. What the books were known to be at a moment rests on it.
alter table client_account_heads add column last_posted_at timestamptz;
update client_account_heads h set last_posted_at = e.last
from (select client_account_id, max(posted_at) as last from journal_entries group by 1) e
where e.client_account_id = h.client_account_id;
