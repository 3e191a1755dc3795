-- Text for searching: letters of either case are one. Of ours and our neighbours' alphabets as well, whatever the locale of
-- the database: under "C", lower() knows A to Z alone.
create function folded(text) returns text language sql immutable strict parallel safe as $$
  select translate(lower($1), 'ÆØÅÄÖÜÀÁÂÃÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÙÚÛÝÞŠŽČŁ', 'æøåäöüàáâãçèéêëìíîïðñòóôõùúûýþšžčł')
$$;
