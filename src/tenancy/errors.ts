import { catalogue } from '../platform/errors.ts';

export const tenancyErrors = catalogue('tenancy', {
  sign_in_failed: {
    status: 401,
    nb: 'E-postadressen eller passordet er feil',
    en: 'The e-mail address or the password is wrong',
  },
  too_many_attempts: {
    status: 429,
    nb: 'For mange forsøk; prøv igjen om {retry_after} sekunder',
    en: 'Too many attempts; try again in {retry_after} seconds',
  },
  cross_site: {
    status: 403,
    nb: 'Forespørselen kom fra et annet nettsted enn dette',
    en: 'The request came from a site other than this one',
    source: 'Fetch Metadata; RFC 6454 section 7',
  },
  own_credentials_required: {
    status: 403,
    nb: 'Et program med delegert tilgang (OAuth) kan ikke gjøre dette; logg inn selv eller bruk et personlig tilgangsbevis',
    en: 'A program with delegated access (OAuth) cannot do this; sign in yourself or use a personal access token',
  },
  password_wrong: { status: 400, nb: 'Nåværende passord er feil', en: 'The current password is wrong' },
  scope_beyond_own: {
    status: 403,
    nb: 'Et tilgangsbevis kan ikke gi mer enn ditt eget: {scopes}',
    en: 'An access token cannot grant more than your own credentials: {scopes}',
  },
  email_taken: {
    status: 409,
    nb: 'Det finnes allerede en bruker med e-postadressen',
    en: 'There already is a user with the e-mail address',
  },
  unique_name_taken: {
    status: 409,
    nb: 'Det finnes allerede en klientkonto med navnet {unique_name}',
    en: 'There already is a client account with the name {unique_name}',
  },
  client_accounts_exhausted: {
    status: 503,
    nb: 'Installasjonen har ikke plass til flere klientkontoer',
    en: 'This installation has no room for more client accounts',
  },
  client_account_not_empty: {
    status: 409,
    nb: 'Klientkontoen har bokførte bilag og kan ikke nullstilles; bokførte opplysninger kan ikke slettes',
    en: 'The client account has posted entries and cannot be reset; posted information cannot be deleted',
    source: 'bokføringsloven § 9, § 13',
  },
  books_must_be_kept: {
    status: 409,
    nb: 'Regnskapsmaterialet skal oppbevares til og med {keep_until}; klientkontoen kan ikke fjernes før det',
    en: 'The books must be kept until {keep_until}; the client account cannot be removed before that',
    source: 'bokføringsloven § 13',
  },
  currency_fixed: {
    status: 409,
    nb: 'Regnskapsvalutaen kan ikke endres etter at noe er bokført',
    en: 'The accounting currency cannot change once something has been posted',
  },
  provider_in_use: {
    status: 409,
    nb: 'Kontoen har avtaler med klienter eller brukere med rollen AA, og må fortsatt være et firma',
    en: 'The account has contracts with clients or users with the role AA, and must stay a provider',
  },
  organization_not_yours: {
    status: 403,
    nb: 'Opplysninger om organisasjonen skrives av klientkontoens egen eier (CA)',
    en: 'Facts of the organisation are written by the client account’s own owner (CA)',
  },
  organization_shared: {
    status: 409,
    nb: 'Flere klientkontoer har samme organisasjonsnummer; organisasjonens opplysninger kan ikke endres herfra',
    en: 'Several client accounts have the same organisation number; its facts cannot be changed from here',
  },
  organization_verified: {
    status: 409,
    nb: 'Opplysningene om organisasjonen kommer fra Enhetsregisteret og endres der',
    en: 'The facts of the organisation come from Enhetsregisteret and are changed there',
  },
  still_referenced: {
    status: 409,
    nb: 'Noe som skal slettes er fortsatt i bruk; slett også det som bruker det',
    en: 'Something to be cleared is still in use; clear what uses it as well',
  },
  duplicate_role: {
    status: 409,
    nb: 'Forretningspartneren har allerede rollen {role_type}',
    en: 'The business partner already has the role {role_type}',
  },
  own_role: {
    status: 403,
    nb: 'Du kan ikke endre eller fjerne din egen rolle',
    en: 'You cannot change or remove your own role',
    source: 'specification: not one’s own role',
  },
  accountant_only_at_provider: {
    status: 400,
    nb: 'Rollen AA (autorisert regnskapsfører) finnes bare i regnskaps- og revisjonsfirmaers egne kontoer',
    en: 'The role AA (accountant) exists only in provider accounts',
    source: 'specification: AA only in provider accounts',
  },
  last_owner: {
    status: 409,
    nb: 'Klientkontoen må ha minst én kontoeier (CA)',
    en: 'The client account must keep at least one owner (CA)',
  },
  owner_only: {
    status: 403,
    nb: 'Bare en kontoeier (CA) kan gi eller ta fra noen rollen CA',
    en: 'Only an owner (CA) can give or take away the role CA',
  },
  already_member: {
    status: 409,
    nb: 'Personen har allerede en rolle på klientkontoen',
    en: 'The person already has a role on the client account',
  },
  invitation_invalid: {
    status: 404,
    nb: 'Invitasjonen finnes ikke, er brukt, trukket tilbake eller utløpt',
    en: 'The invitation does not exist, or was used, cancelled or has expired',
  },
  invitation_sender_lost: {
    status: 409,
    nb: 'Den som sendte invitasjonen, har ikke lenger rett til det; be om en ny',
    en: 'Who sent the invitation may no longer do so; ask for a new one',
  },
  invitation_closed: {
    status: 409,
    nb: 'Invitasjonen er allerede akseptert eller trukket tilbake',
    en: 'The invitation has already been accepted or cancelled',
  },
  contract_exists: {
    status: 409,
    nb: 'Det venter allerede en forespørsel mellom de to kontoene',
    en: 'A request between the two accounts is already pending',
  },
  contract_not_pending: {
    status: 409,
    nb: 'Avtalen er allerede avgjort ({approval_status})',
    en: 'The contract has already been decided ({approval_status})',
  },
  contract_terms_changed: {
    status: 409,
    nb: 'Vilkårene er endret siden; les avtalen på nytt og oppgi versjon {version}',
    en: 'The terms have changed since; read the contract again and name version {version}',
  },
  contract_own_request: {
    status: 403,
    nb: 'En forespørsel avgjøres av den andre parten, av en kontoeier (CA) der',
    en: 'A request is decided by the other party, by an owner (CA) there',
  },
  contract_terms_fixed: {
    status: 409,
    nb: 'Vilkårene i en avgjort avtale kan ikke endres, bare sluttdatoen; be om en ny avtale',
    en: 'The terms of a decided contract cannot change, only its end date; request a new contract',
  },
  contract_terms_not_yours: {
    status: 403,
    nb: 'Vilkårene i en forespørsel endres av den som ba om avtalen, og godkjennes for seg',
    en: 'The terms of a request are changed by the party that asked, and approved separately',
  },
  contract_extension: {
    status: 403,
    nb: 'Bare klientens kontoeier (CA) kan utsette sluttdatoen i en avtale',
    en: 'Only the client’s owner (CA) can put off the end of a contract',
  },
  not_a_provider: {
    status: 400,
    nb: 'Klientkonto {client_account_id} er ikke et regnskaps- eller revisjonsfirma',
    en: 'Client account {client_account_id} is not a provider',
  },
});
