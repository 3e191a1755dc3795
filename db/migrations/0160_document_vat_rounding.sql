-- Where the VAT of a document was rounded: on each line, or once on the total of each rate (EN 16931, BR-CO-17).
alter table documents
  add column vat_rounding text not null default 'line' constraint vat_rounding_known check (vat_rounding in ('line', 'total'));
