-- The limit of a line and an entry (decision 0012), on what invoices brought.
alter table document_lines
  add constraint discount_amount_within_limit check (discount_amount <= 10000000000000),
  add constraint charge_amount_within_limit check (charge_amount <= 10000000000000);
alter table received_invoices
  add constraint gross_amount_within_limit check (gross_amount <= 10000000000000);
