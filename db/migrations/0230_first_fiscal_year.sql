-- Of a company that began on this day: the months of its first fiscal year (regnskapsloven § 1-7, up to 18). Its years after
-- that begin where it ends.
alter table fiscal_starts add column first_year_months smallint check (first_year_months between 1 and 18);
