-- What is noted of VAT follows other rules: a settlement is known by its source or its form, and VAT of a foreign currency
-- may be off by half a hundredth of it. Everything is taken in again from the beginning, by the worker.
delete from vat_folds;
delete from vat_notes;
delete from vat_balances;
