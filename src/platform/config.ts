import {
  address,
  bareAddress,
  choice,
  columnKeys,
  digits,
  dnsServer,
  flag,
  folder,
  integer,
  mailAddress,
  mailFolder,
  names,
  outsideAddress,
  type Setting,
  text,
  trustedProxies,
  withDefault,
} from './setting.ts';

/** All settings of Hovedbok, in the order of the reference. No other code reads the environment. */
export const settings = {
  host: withDefault(
    '127.0.0.1',
    text('HOST', {
      nb: 'Adressen serveren lytter på. `0.0.0.0` for alle nettverk; sett da en TLS-terminerende proxy foran.',
      en: 'The address the server listens on. `0.0.0.0` for every network; then put a proxy that ends TLS in front.',
    }),
  ),
  port: withDefault(
    '8080',
    integer('PORT', [0, 65535], {
      nb: 'Porten serveren lytter på; 0 velger en ledig.',
      en: 'The port the server listens on; 0 picks a free one.',
    }),
  ),
  publicUrl: address('PUBLIC_URL', ['http', 'https'], {
    nb: 'Adressen brukerne ser, for lenker i e-post og for OAuth.',
    en: 'The address users see, for links in mail and for OAuth.',
    byDefault: { nb: '`http://HOST:PORT`', en: '`http://HOST:PORT`' },
  }),
  trustProxy: withDefault(
    '0',
    trustedProxies('TRUST_PROXY', {
      nb: 'Hvem `X-Forwarded-*` tros fra: ingen (`0`), proxyene med disse adressene, eller så mange ledd foran serveren. Et antall bare når serveren ikke kan nås utenom proxyen.',
      en: 'Whose `X-Forwarded-*` are believed: nobody’s (`0`), those of the proxies with these addresses, or of so many hops in front. A number only when the server cannot be reached around the proxy.',
    }),
  ),
  dataDir: folder('DATA_DIR', {
    nb: 'Mappen med den innebygde databasen og opplastede filer.',
    en: 'The folder with the embedded database and uploaded files.',
    byDefault: {
      nb: '`data` i programmets mappe; `/var/lib/hovedbok` for root når den mappen ikke kan nås av andre',
      en: '`data` in the program’s folder; `/var/lib/hovedbok` for root when that folder is closed to others',
    },
  }),
  databaseUrl: address('DATABASE_URL', ['postgres', 'postgresql'], {
    nb: 'En PostgreSQL-server (15 eller nyere) i stedet for den innebygde. Brukeren må eie databasen og kunne lage roller.',
    en: 'A PostgreSQL server (15 or later) instead of the embedded one. The user must own the database and may create roles.',
    byDefault: { nb: 'innebygd PostgreSQL', en: 'embedded PostgreSQL' },
    secret: true,
  }),
  databasePoolSize: withDefault(
    '10',
    integer('DATABASE_POOL_SIZE', [4, 500], {
      nb: 'Største antall databaseforbindelser per prosess, minst 4 og `WORKERS` til; import tar inntil to utenom, eksport og arkiv to, og bokføring som venter på andres lås, to. Den innebygde databasen har 60 i alt.',
      en: 'The most database connections per process, at least 4 and `WORKERS` more; imports take up to two besides, exports and archives two, and postings that wait for somebody’s lock two. The embedded database has 60 in all.',
    }),
  ),
  databaseConnectionSeconds: withDefault(
    '10',
    integer('DATABASE_CONNECTION_SECONDS', [1, 300], {
      nb: 'Lengste ventetid på en databaseforbindelse, i sekunder; deretter 503 med `Retry-After`.',
      en: 'The longest wait for a database connection, in seconds; then 503 with `Retry-After`.',
    }),
  ),
  databaseLockSeconds: withDefault(
    '10',
    integer('DATABASE_LOCK_SECONDS', [1, 300], {
      nb: 'Lengste ventetid på en lås som noen andre holder, og på tur til å bokføre, i sekunder; deretter 503 med `Retry-After`.',
      en: 'The longest wait for a lock that somebody else holds, and for a posting’s turn, in seconds; then 503 with `Retry-After`.',
    }),
  ),
  databaseStatementSeconds: withDefault(
    '60',
    integer('DATABASE_STATEMENT_SECONDS', [1, 86_400], {
      nb: 'Lengste tid for én spørring, i sekunder; deretter 503 med `Retry-After`. Utskrifter følger `RENDERING_SECONDS` og `DOCUMENT_JOB_SECONDS`.',
      en: 'The longest time of one statement, in seconds; then 503 with `Retry-After`. Documents follow `RENDERING_SECONDS` and `DOCUMENT_JOB_SECONDS`.',
    }),
  ),
  databaseLastingSeconds: withDefault(
    '3600',
    integer('DATABASE_LASTING_SECONDS', [60, 86_400], {
      nb: 'Lengste tid for én spørring i en import, i en kommando, eller som leses som en strøm, i sekunder.',
      en: 'The longest time of one statement of an import, of a command, or that is read as a stream, in seconds.',
    }),
  ),
  databaseIdleSeconds: withDefault(
    '120',
    integer('DATABASE_IDLE_SECONDS', [1, 86_400], {
      nb: 'Lengste opphold mellom to spørringer i en transaksjon, i sekunder; deretter rulles den tilbake.',
      en: 'The longest pause between two statements of a transaction, in seconds; then it is rolled back.',
    }),
  ),
  demo: flag('DEMO', {
    nb: 'Lag demoregnskapet ved første start.',
    en: 'Create the demo books on the first start.',
    byDefault: { nb: '`1` med innebygd database, `0` med `DATABASE_URL`', en: '`1` embedded, `0` with `DATABASE_URL`' },
  }),
  demoToken: text('DEMO_TOKEN', {
    nb: 'Demoens tilgangstoken.',
    en: 'The access token of the demo.',
    byDefault: { nb: 'tilfeldig, skrives ut', en: 'random, printed' },
    secret: true,
  }),
  logLevel: withDefault(
    'info',
    choice('LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'silent'], {
      nb: 'Det minste som logges.',
      en: 'The least that is logged.',
    }),
  ),
  metricsToken: text('METRICS_TOKEN', {
    nb: 'Bearer-token som `/metrics` krever. Uten det svarer `/metrics` ingen.',
    en: 'Bearer token that `/metrics` demands. Without it `/metrics` answers nobody.',
    secret: true,
  }),
  workers: withDefault(
    '2',
    integer('WORKERS', [0, 64], {
      nb: 'Bakgrunnsjobber som kjører samtidig i serverprosessen; 0 når `hovedbok worker` kjører dem.',
      en: 'Background jobs run at a time in the server process; 0 when `hovedbok worker` runs them.',
    }),
  ),
  maxUploadBytes: withDefault(
    '26214400',
    integer('MAX_UPLOAD_BYTES', [1024, 10_000_000_000], {
      nb: 'Største opplastede fil, i byte.',
      en: 'The largest uploaded file, in bytes.',
    }),
  ),
  maxImportBytes: withDefault(
    '2147483648',
    integer('MAX_IMPORT_BYTES', [1024, 100_000_000_000], {
      nb: 'Største fil som kan importeres (SAF-T), i byte.',
      en: 'The largest file that can be imported (SAF-T), in bytes.',
    }),
  ),
  importSeconds: withDefault(
    '14400',
    integer('IMPORT_SECONDS', [1, 604_800], {
      nb: 'Lengste tid for ett forsøk på å importere en fil, i sekunder.',
      en: 'The longest time for one attempt to import a file, in seconds.',
    }),
  ),
  importMemoryMb: withDefault(
    '1024',
    integer('IMPORT_MEMORY_MB', [64, 65_536], {
      nb: 'Minnet en import kan bruke, i megabyte; en som trenger mer, bryter av.',
      en: 'The memory that an import may use, in megabytes; one that needs more breaks off.',
    }),
  ),
  renderingThreads: withDefault(
    '2',
    integer('RENDERING_THREADS', [1, 32], {
      nb: 'Utskrifter (Excel, PDF, lange HTML-rapporter) som lages samtidig. Hver bruker en kjerne og inntil tre databaseforbindelser.',
      en: 'Documents (Excel, PDF, long HTML reports) that are made at a time. Each takes a core and up to three database connections.',
    }),
  ),
  renderingQueue: withDefault(
    '20',
    integer('RENDERING_QUEUE', [0, 10_000], {
      nb: 'Utskrifter som kan vente på tur; flere avvises med 503 og `Retry-After`.',
      en: 'Documents that may wait for their turn; more are refused with 503 and `Retry-After`.',
    }),
  ),
  renderingSeconds: withDefault(
    '300',
    integer('RENDERING_SECONDS', [1, 86_400], {
      nb: 'Lengste tid for en utskrift som noen venter på, i sekunder.',
      en: 'The longest time for a document that somebody waits for, in seconds.',
    }),
  ),
  documentJobSeconds: withDefault(
    '3600',
    integer('DOCUMENT_JOB_SECONDS', [1, 86_400], {
      nb: 'Lengste tid for en utskrift som lages som bakgrunnsjobb, i sekunder.',
      en: 'The longest time for a document that is made as a background job, in seconds.',
    }),
  ),
  documentJobDays: withDefault(
    '7',
    integer('DOCUMENT_JOB_DAYS', [1, 3650], {
      nb: 'Hvor lenge filen fra en slik jobb kan lastes ned, i dager.',
      en: 'How long the file of such a job can be downloaded, in days.',
    }),
  ),
  renderingMemoryMb: withDefault(
    '768',
    integer('RENDERING_MEMORY_MB', [64, 65_536], {
      nb: 'Minnet en utskrift kan bruke, i megabyte; en større avvises med 422.',
      en: 'The memory that a document may use, in megabytes; a larger one is refused with 422.',
    }),
  ),
  smtpUrl: address('SMTP_URL', ['smtp', 'smtps'], {
    nb: 'E-posttjeneren som sender, med brukernavn og passord.',
    en: 'The mail server that sends, with user name and password.',
    byDefault: { nb: 'e-post sendes ikke', en: 'no mail is sent' },
    secret: true,
  }),
  mailFrom: mailAddress('MAIL_FROM', {
    nb: 'Avsender av e-post. Kreves når `SMTP_URL` er satt.',
    en: 'The sender of mail. Required when `SMTP_URL` is set.',
  }),
  inTrayUrl: mailFolder('IN_TRAY_URL', {
    nb: 'Postkassen som fakturaer sendes til på e-post; det som ligger i mappen, tas inn som mottatte fakturaer og flyttes til mappen «Mottatt» eller «Til side». Krever `IN_TRAY_ADDRESS`.',
    en: 'The mailbox that invoices are mailed to; what lies in the folder is taken in as received invoices and moved to the folder “Mottatt” or “Til side”. Requires `IN_TRAY_ADDRESS`.',
    byDefault: { nb: 'e-post hentes ikke', en: 'no mail is fetched' },
  }),
  inTrayAddress: bareAddress('IN_TRAY_ADDRESS', {
    nb: 'Adressen til den postkassen, som `faktura@firma.example`. Hver klientkonto får en egen, med `+` og en kode foran `@`.',
    en: 'The address of that mailbox, such as `faktura@firm.example`. Each client account gets one of its own, with `+` and a code before the `@`.',
  }),
  fileStorage: choice('FILE_STORAGE', ['database', 'disk', 's3'], {
    nb: 'Hvor opplastede filer og filene fra jobber ligger. `disk` (i `DATA_DIR`) bare når én maskin kjører alt; flere noder trenger `database` eller `s3`.',
    en: 'Where uploaded files and those of jobs are kept. `disk` (in `DATA_DIR`) only where one machine runs everything; several nodes need `database` or `s3`.',
    byDefault: {
      nb: '`s3` med `S3_ENDPOINT`, ellers `database` med `DATABASE_URL`, ellers `disk`',
      en: '`s3` with `S3_ENDPOINT`, else `database` with `DATABASE_URL`, else `disk`',
    },
  }),
  s3Endpoint: address('S3_ENDPOINT', ['http', 'https'], {
    nb: 'S3-kompatibelt lager for opplastede filer. Krever `S3_BUCKET`, `S3_ACCESS_KEY_ID` og `S3_SECRET_ACCESS_KEY`.',
    en: 'S3-compatible store for uploaded files. Requires `S3_BUCKET`, `S3_ACCESS_KEY_ID` and `S3_SECRET_ACCESS_KEY`.',
    byDefault: { nb: 'se `FILE_STORAGE`', en: 'see `FILE_STORAGE`' },
  }),
  s3Bucket: text('S3_BUCKET', { nb: 'Bøtten i lageret.', en: 'The bucket in the store.' }),
  s3Region: withDefault(
    'us-east-1',
    text('S3_REGION', { nb: 'Regionen til lageret.', en: 'The region of the store.' }),
  ),
  s3AccessKeyId: text('S3_ACCESS_KEY_ID', { nb: 'Nøkkelens id.', en: 'The id of the key.' }),
  s3SecretAccessKey: text('S3_SECRET_ACCESS_KEY', { nb: 'Nøkkelen.', en: 'The key.', secret: true }),
  encryptionKeys: columnKeys('ENCRYPTION_KEYS', {
    nb: 'Nøklene som tokener krypteres med i databasen, den nyeste først. En ny settes foran; en gammel fjernes når ingenting er kryptert med den lenger. Like på alle noder.',
    en: 'The keys that tokens are encrypted with in the database, the newest first. A new one is put in front; an old one is removed once nothing is encrypted with it any more. Alike on every node.',
    byDefault: {
      nb: 'filen `encryption-keys` i `DATA_DIR` med innebygd database; ingen med `DATABASE_URL`',
      en: 'the file `encryption-keys` in `DATA_DIR` with the embedded database; none with `DATABASE_URL`',
    },
    secret: true,
  }),
  sandbox: flag('SANDBOX', {
    nb: 'Start etterligninger av partene utenfor på denne maskinen og bruk dem. Aldri i produksjon.',
    en: 'Start stand-ins of the parties outside on this machine and use them. Never in production.',
    byDefault: {
      nb: '`1` med demoen når ingen part utenfor er satt opp, ellers `0`',
      en: '`1` with the demo when no party outside is configured, otherwise `0`',
    },
  }),
  sandboxPort: withDefault(
    '0',
    integer('SANDBOX_PORT', [0, 65_000], {
      nb: 'Porten til etterligningenes kontrollside; partene får de følgende portene. 0 velger ledige. `npm run sandbox` bruker 8700.',
      en: 'The port of the stand-ins’ control page; the parties get the following ports. 0 picks free ones. `npm run sandbox` takes 8700.',
    }),
  ),
  maskinportenClientId: text('MASKINPORTEN_CLIENT_ID', {
    nb: 'Klienten som er registrert i Maskinporten. Krever en nøkkel (`MASKINPORTEN_KEY` eller `MASKINPORTEN_KEY_FILE`).',
    en: 'The client registered at Maskinporten. Requires a key (`MASKINPORTEN_KEY` or `MASKINPORTEN_KEY_FILE`).',
    byDefault: { nb: 'ingen forbindelse til Maskinporten', en: 'no connection to Maskinporten' },
  }),
  maskinportenIssuer: withDefault(
    'https://maskinporten.no',
    outsideAddress('MASKINPORTEN_ISSUER', {
      nb: 'Utstederen; for test `https://test.maskinporten.no`. Token-adressen leses av metadataene der.',
      en: 'The issuer; for tests `https://test.maskinporten.no`. The token endpoint is read from its metadata.',
    }),
  ),
  maskinportenKey: text('MASKINPORTEN_KEY', {
    nb: 'Den private nøkkelen, RSA, som PEM eller JWK.',
    en: 'The private key, RSA, as PEM or JWK.',
    secret: true,
  }),
  maskinportenKeyFile: text('MASKINPORTEN_KEY_FILE', {
    nb: 'Fil med den private nøkkelen, i stedet for `MASKINPORTEN_KEY`.',
    en: 'File with the private key, instead of `MASKINPORTEN_KEY`.',
  }),
  maskinportenKeyId: text('MASKINPORTEN_KEY_ID', {
    nb: 'Id-en (`kid`) til nøkkelen som er registrert på klienten.',
    en: 'The id (`kid`) of the key registered on the client.',
    byDefault: { nb: '`kid` i JWK-en', en: '`kid` of the JWK' },
  }),
  maskinportenCertificateFile: text('MASKINPORTEN_CERTIFICATE_FILE', {
    nb: 'Fil med virksomhetssertifikatet (PEM, eventuelt med kjede), i stedet for en registrert nøkkel.',
    en: 'File with the enterprise certificate (PEM, with its chain if you like), instead of a registered key.',
  }),
  skatteetatenUrl: withDefault(
    'https://api.skatteetaten.no',
    outsideAddress('SKATTEETATEN_URL', {
      nb: 'Skatteetatens API; for test `https://api-test.sits.no`. Brukes med `MASKINPORTEN_CLIENT_ID`.',
      en: 'Skatteetaten’s API; for tests `https://api-test.sits.no`. Used with `MASKINPORTEN_CLIENT_ID`.',
    }),
  ),
  efakturaUrl: outsideAddress('EFAKTURA_URL', {
    nb: 'Tjenesteleverandøren som når operatøren av eFaktura. Uten den kan utstederavtale ikke bestilles.',
    en: 'The service provider that reaches the operator of eFaktura. Without it no issuer agreement can be ordered.',
  }),
  efakturaToken: text('EFAKTURA_TOKEN', {
    nb: 'Tilgangsbevis hos tjenesteleverandøren for eFaktura.',
    en: 'Access token at the service provider for eFaktura.',
    secret: true,
  }),
  avtaleGiroSender: digits('AVTALEGIRO_SENDER', 8, {
    nb: 'Kundeenhet-ID som filer til AvtaleGiro sendes under, gjennom bankenes postkasser.',
    en: 'The customer unit id that files to AvtaleGiro are sent under, through the banks’ mailboxes.',
    byDefault: { nb: 'krav venter', en: 'claims wait' },
  }),
  soapNamespace: text('SOAP_NAMESPACE', {
    nb: 'Navnerommet i svarene fra SOAP-API-et, for klienter som er laget for en annen tjeneste.',
    en: 'The namespace of the SOAP API’s answers, for clients that were made for another server.',
    byDefault: { nb: '`PUBLIC_URL/`', en: '`PUBLIC_URL/`' },
  }),
  webhookPrivateAddresses: withDefault(
    '0',
    flag('WEBHOOK_PRIVATE_ADDRESSES', {
      nb: 'Om webhooks også sendes med http og til private adresser. Bare der alle brukere kan nå det serveren kan nå.',
      en: 'Whether webhooks are also sent by http and to private addresses. Only where every user may reach what the server reaches.',
    }),
  ),
  enhetsregisteretUrl: outsideAddress('ENHETSREGISTERET_URL', {
    nb: 'Enhetsregisterets åpne data, i drift `https://data.brreg.no/enhetsregisteret/api`. Opplysninger om klientkontoer og forretningspartnere hentes og følges der.',
    en: 'The open data of Enhetsregisteret, in production `https://data.brreg.no/enhetsregisteret/api`. Facts of client accounts and business partners are taken from there and followed.',
    byDefault: { nb: 'ingen forbindelse til Enhetsregisteret', en: 'no connection to Enhetsregisteret' },
  }),
  supplierName: withDefault(
    'Hovedbok',
    text('SUPPLIER_NAME', {
      nb: 'Navnet på økonomisystemet i avtaleskjemaene til bankene.',
      en: 'The name of the accounting system in the agreement forms of the banks.',
    }),
  ),
  supplierNumber: text('SUPPLIER_NUMBER', {
    nb: 'Organisasjonsnummeret til den som leverer systemet, for de samme skjemaene.',
    en: 'The organisation number of who supplies the system, for the same forms.',
  }),
  dataReceiverId: text('DATA_RECEIVER_ID', {
    nb: 'Kundeenhet-ID som leverandøren er registrert med som datamottaker for OCR, for de samme skjemaene.',
    en: 'The customer unit id that the supplier is registered with as data receiver of OCR, for the same forms.',
  }),
  banksFile: text('BANKS_FILE', {
    nb: 'Fil med bankene som kan tilkobles, hvem som frakter filene deres, og hva som vises om dem, på samme form som `db/data/banks.csv`.',
    en: 'File with the banks that can be connected, who carries their files, and what is shown of them, in the form of `db/data/banks.csv`.',
    byDefault: { nb: '`db/data/banks.csv`', en: '`db/data/banks.csv`' },
  }),
  idPortenClientId: text('ID_PORTEN_CLIENT_ID', {
    nb: 'Klienten som er registrert i ID-porten, med `private_key_jwt`. Krever en nøkkel (`ID_PORTEN_KEY` eller `ID_PORTEN_KEY_FILE`). Registrer `PUBLIC_URL/integrations/id-porten/callback` som redirect-adresse, `…/logged-out` for etter utlogging og `…/front-channel-logout` for utlogging (med `sid`).',
    en: 'The client registered at ID-porten, with `private_key_jwt`. Requires a key (`ID_PORTEN_KEY` or `ID_PORTEN_KEY_FILE`). Register `PUBLIC_URL/integrations/id-porten/callback` as redirect address, `…/logged-out` for after a logout and `…/front-channel-logout` for logout (with `sid`).',
    byDefault: { nb: 'ingen forbindelse til ID-porten', en: 'no connection to ID-porten' },
  }),
  idPortenIssuer: withDefault(
    'https://idporten.no',
    outsideAddress('ID_PORTEN_ISSUER', {
      nb: 'Utstederen; for test `https://test.idporten.no`. Alle andre adresser leses av metadataene der.',
      en: 'The issuer; for tests `https://test.idporten.no`. All other addresses are read from its metadata.',
    }),
  ),
  idPortenKey: text('ID_PORTEN_KEY', {
    nb: 'Den private nøkkelen, RSA, som PEM eller JWK.',
    en: 'The private key, RSA, as PEM or JWK.',
    secret: true,
  }),
  idPortenKeyFile: text('ID_PORTEN_KEY_FILE', {
    nb: 'Fil med den private nøkkelen, i stedet for `ID_PORTEN_KEY`.',
    en: 'File with the private key, instead of `ID_PORTEN_KEY`.',
  }),
  idPortenKeyId: text('ID_PORTEN_KEY_ID', {
    nb: 'Id-en (`kid`) til nøkkelen som er registrert på klienten. Den går ut etter ett år.',
    en: 'The id (`kid`) of the key registered on the client. It expires after a year.',
    byDefault: { nb: '`kid` i JWK-en', en: '`kid` of the JWK' },
  }),
  idPortenCertificateFile: text('ID_PORTEN_CERTIFICATE_FILE', {
    nb: 'Fil med virksomhetssertifikatet (PEM, eventuelt med kjede), i stedet for en registrert nøkkel.',
    en: 'File with the enterprise certificate (PEM, with its chain if you like), instead of a registered key.',
  }),
  idPortenScopes: withDefault(
    'openid profile',
    text('ID_PORTEN_SCOPES', {
      nb: 'Omfangene som en innlogging ber om, med mellomrom.',
      en: 'The scopes that a login asks for, with spaces between.',
    }),
  ),
  idPortenLevel: withDefault(
    'idporten-loa-substantial',
    choice('ID_PORTEN_LEVEL', ['idporten-loa-low', 'idporten-loa-substantial', 'idporten-loa-high'], {
      nb: 'Det laveste sikkerhetsnivået som godtas (`acr`).',
      en: 'The lowest level of assurance that is accepted (`acr`).',
    }),
  ),
  idPortenPushed: withDefault(
    '1',
    flag('ID_PORTEN_PUSHED', {
      nb: 'Innlogginger sendes inn på forhånd (PAR); `0` bare der ID-porten ikke tilbyr det.',
      en: 'Logins are sent in beforehand (PAR); `0` only where ID-porten does not offer it.',
    }),
  ),
  altinnUrl: withDefault(
    'https://platform.altinn.no',
    outsideAddress('ALTINN_URL', {
      nb: 'Altinn 3-plattformen; for test `https://platform.tt02.altinn.no`.',
      en: 'The Altinn 3 platform; for tests `https://platform.tt02.altinn.no`.',
    }),
  ),
  altinnScopes: withDefault(
    'altinn:reportees altinn:accessmanagement/authorizedparties skatteetaten:mvameldingvalidering skatteetaten:mvameldinginnsending',
    text('ALTINN_SCOPES', {
      nb: 'Omfangene som en tilkobling til Altinn ber om utover `ID_PORTEN_SCOPES`, med mellomrom. Hvert av dem må være gitt klienten.',
      en: 'The scopes that a connection to Altinn asks for beyond `ID_PORTEN_SCOPES`, with spaces between. Each must be granted to the client.',
    }),
  ),
  altinnParties: withDefault(
    'enduser',
    choice('ALTINN_PARTIES', ['enduser', 'classic'], {
      nb: 'Hvilket av Altinns to API-er aktørene hentes fra.',
      en: 'Which of Altinn’s two APIs the parties are read from.',
    }),
  ),
  altinnReportees: withDefault(
    'altinn2',
    choice('ALTINN_REPORTEES', ['altinn2', 'altinn3'], {
      nb: 'Hvor avgivere hentes fra: Altinn 2, eller, når det er stengt, laget i samme form av aktørene i Altinn 3.',
      en: 'Where reportees come from: Altinn 2 or, once that is closed, made in the same shape from the parties in Altinn 3.',
    }),
  ),
  altinn2Url: withDefault(
    'https://www.altinn.no',
    outsideAddress('ALTINN2_URL', {
      nb: 'Altinn 2; for test `https://tt02.altinn.no`.',
      en: 'Altinn 2; for tests `https://tt02.altinn.no`.',
    }),
  ),
  altinn2ApiKey: text('ALTINN2_API_KEY', {
    nb: 'API-nøkkelen som Altinn 2 har gitt.',
    en: 'The API key that Altinn 2 has issued.',
    byDefault: { nb: 'Altinn 2 spørres ikke', en: 'Altinn 2 is not asked' },
    secret: true,
  }),
  mvaValidationUrl: withDefault(
    'https://idporten.api.skatteetaten.no',
    outsideAddress('MVA_VALIDATION_URL', {
      nb: 'Skatteetatens API for innloggede, som validerer mva-meldinger; for test `https://idporten-api-sbstest.sits.no`.',
      en: 'Skatteetaten’s API for people who are logged in, which validates VAT returns; for tests `https://idporten-api-sbstest.sits.no`.',
    }),
  ),
  mvaAppUrl: withDefault(
    'https://skd.apps.altinn.no/skd/mva-melding-innsending-v1',
    outsideAddress('MVA_APP_URL', {
      nb: 'Altinn-appen som mva-meldinger sendes gjennom; for test `https://skd.apps.tt02.altinn.no/skd/mva-melding-innsending-etm2`.',
      en: 'The Altinn app that VAT returns are sent through; for tests `https://skd.apps.tt02.altinn.no/skd/mva-melding-innsending-etm2`.',
    }),
  ),
  altinnSystemId: text('ALTINN_SYSTEM_ID', {
    nb: 'Systemet i Altinns systemregister, `<vårt organisasjonsnummer>_<navn>`; registreres med `npx hovedbok altinn register-system`.',
    en: 'The system in Altinn’s system register, `<our organisation number>_<name>`; registered by `npx hovedbok altinn register-system`.',
    byDefault: { nb: 'ingen systembrukere', en: 'no system users' },
  }),
  altinnRights: withDefault(
    'app_skd_formueinntekt-skattemelding-v2',
    names('ALTINN_RIGHTS', /^[\w.-]{1,100}$/, {
      nb: 'Ressursene i Altinn som systemet registreres med og som kundene blir bedt om.',
      en: 'The resources in Altinn that the system is registered with and that customers are asked for.',
    }),
  ),
  altinnAccessPackages: names('ALTINN_ACCESS_PACKAGES', /^[\w.-]{1,100}$/, {
    nb: 'Tilgangspakker i tillegg, uten `urn:altinn:accesspackage:` foran.',
    en: 'Access packages beside them, without `urn:altinn:accesspackage:` before the name.',
    byDefault: { nb: 'ingen', en: 'none' },
  }),
  altinnTokenExchange: withDefault(
    '1',
    flag('ALTINN_TOKEN_EXCHANGE', {
      nb: 'Om tokenet fra Maskinporten veksles inn i et fra Altinn før systemregister og systembrukere kalles.',
      en: 'Whether Maskinporten’s token is exchanged for Altinn’s before system register and system users are called.',
    }),
  ),
  dialogportenUrl: withDefault(
    'https://platform.altinn.no/dialogporten',
    outsideAddress('DIALOGPORTEN_URL', {
      nb: 'Dialogporten; for test `https://platform.tt02.altinn.no/dialogporten`. Brukes med `MASKINPORTEN_CLIENT_ID`.',
      en: 'Dialogporten; for tests `https://platform.tt02.altinn.no/dialogporten`. Used with `MASKINPORTEN_CLIENT_ID`.',
    }),
  ),
  dialogportenTokenExchange: withDefault(
    '0',
    flag('DIALOGPORTEN_TOKEN_EXCHANGE', {
      nb: 'Om tokenet fra Maskinporten veksles inn i et fra Altinn før Dialogporten kalles. Uten prøves det når Dialogporten avviser det første.',
      en: 'Whether Maskinporten’s token is exchanged for Altinn’s before Dialogporten is called. Without, it is tried when Dialogporten refuses the first.',
    }),
  ),
  peppolAccessPointUrl: outsideAddress('PEPPOL_ACCESS_POINT_URL', {
    nb: 'Aksesspunktet som klientkontoer registreres hos og sender og mottar gjennom (se `src/integrations/peppol`). Krever `PEPPOL_ACCESS_POINT_TOKEN`, `PEPPOL_ACCESS_POINT_ID` og sertifikater for SMP.',
    en: 'The access point that client accounts are registered with and send and receive through (see `src/integrations/peppol`). Requires `PEPPOL_ACCESS_POINT_TOKEN`, `PEPPOL_ACCESS_POINT_ID` and certificates of the SMPs.',
    byDefault: { nb: 'ingen forbindelse til Peppol', en: 'no connection to Peppol' },
  }),
  peppolAccessPointToken: text('PEPPOL_ACCESS_POINT_TOKEN', {
    nb: 'Tilgangsbevis hos aksesspunktet.',
    en: 'Access token at the access point.',
    secret: true,
  }),
  peppolAccessPointId: text('PEPPOL_ACCESS_POINT_ID', {
    nb: 'Aksesspunktets id i nettverket: `CN` i sertifikatet, som `POP000123`. Den viser hvem som er registrert gjennom oss.',
    en: 'The access point’s id in the network: the `CN` of its certificate, such as `POP000123`. It shows who is registered through us.',
  }),
  peppolAccessPointWireFile: text('PEPPOL_ACCESS_POINT_WIRE_FILE', {
    nb: 'Fil (JSON) som beskriver kallene til et aksesspunkt med et annet grensesnitt.',
    en: 'File (JSON) that describes the calls of an access point with another interface.',
    byDefault: { nb: 'vårt eget grensesnitt', en: 'our own interface' },
  }),
  peppolZone: withDefault(
    'participant.sml.prod.tech.peppol.org',
    text('PEPPOL_ZONE', {
      nb: 'DNS-sonen som deltakere slås opp i; for test `participant.sml.test.tech.peppol.org`.',
      en: 'The DNS zone that participants are looked up in; for tests `participant.sml.test.tech.peppol.org`.',
    }),
  ),
  peppolLookup: withDefault(
    'naptr',
    choice('PEPPOL_LOOKUP', ['naptr', 'cname'], {
      nb: 'Hvordan deltakere slås opp; `cname` bare i nettverk som fortsatt har formen fra før november 2025.',
      en: 'How participants are looked up; `cname` only in networks that still have the form of before November 2025.',
    }),
  ),
  peppolDnsServer: dnsServer('PEPPOL_DNS_SERVER', {
    nb: 'DNS-tjeneren som spørres.',
    en: 'The DNS server that is asked.',
    byDefault: { nb: 'maskinens egne', en: 'the machine’s own' },
  }),
  peppolSmpCertificates: text('PEPPOL_SMP_CERTIFICATES', {
    nb: 'Sertifikatene (PEM) til dem som utsteder sertifikater for SMP-er i Peppol, eller en SMPs eget. Metadata som er signert av andre, tros ikke.',
    en: 'The certificates (PEM) of those who issue certificates for SMPs in Peppol, or an SMP’s own. Metadata that others signed are not believed.',
  }),
  peppolSmpCertificatesFile: text('PEPPOL_SMP_CERTIFICATES_FILE', {
    nb: 'Fil med de samme sertifikatene, i stedet for `PEPPOL_SMP_CERTIFICATES`.',
    en: 'File with the same certificates, instead of `PEPPOL_SMP_CERTIFICATES`.',
  }),
  tietoevrySftpUrl: address('TIETOEVRY_SFTP_URL', ['sftp'], {
    nb: 'Postkassen for bankfiler hos Tietoevry: `sftp://bruker@tjener:port/mappe`. Filer hentes fra `out` der og legges i `in`. Krever `TIETOEVRY_SFTP_HOST_KEY` og en nøkkel.',
    en: 'The mailbox for bank files at Tietoevry: `sftp://user@host:port/folder`. Files are fetched from `out` there and laid into `in`. Requires `TIETOEVRY_SFTP_HOST_KEY` and a key.',
    byDefault: { nb: 'ingen postkasse', en: 'no mailbox' },
  }),
  tietoevrySftpHostKey: text('TIETOEVRY_SFTP_HOST_KEY', {
    nb: 'Fingeravtrykket til tjenerens nøkkel, som `ssh-keygen -l` skriver det (`SHA256:…`); flere med komma mens den byttes. En tjener med en annen nøkkel får ingenting.',
    en: 'The fingerprint of the server’s key as `ssh-keygen -l` writes it (`SHA256:…`); several with commas while it is replaced. A server with another key gets nothing.',
  }),
  tietoevrySftpKey: text('TIETOEVRY_SFTP_KEY', {
    nb: 'Vår private nøkkel til postkassen, som PEM eller OpenSSH.',
    en: 'Our private key for the mailbox, PEM or OpenSSH.',
    secret: true,
  }),
  tietoevrySftpKeyFile: text('TIETOEVRY_SFTP_KEY_FILE', {
    nb: 'Fil med den private nøkkelen, i stedet for `TIETOEVRY_SFTP_KEY`.',
    en: 'File with the private key, instead of `TIETOEVRY_SFTP_KEY`.',
  }),
  zdataMailboxUrl: outsideAddress('ZDATA_MAILBOX_URL', {
    nb: 'Postkassen for bankfiler hos ZData (Aritma). Krever `ZDATA_MAILBOX_CLIENT_ID` og `ZDATA_MAILBOX_CLIENT_SECRET`.',
    en: 'The mailbox for bank files at ZData (Aritma). Requires `ZDATA_MAILBOX_CLIENT_ID` and `ZDATA_MAILBOX_CLIENT_SECRET`.',
    byDefault: { nb: 'ingen postkasse', en: 'no mailbox' },
  }),
  zdataMailboxClientId: text('ZDATA_MAILBOX_CLIENT_ID', {
    nb: 'Klienten som er registrert hos ZData.',
    en: 'The client that is registered at ZData.',
  }),
  zdataMailboxClientSecret: text('ZDATA_MAILBOX_CLIENT_SECRET', {
    nb: 'Klientens hemmelighet.',
    en: 'The client’s secret.',
    secret: true,
  }),
} satisfies Record<string, Setting<unknown>>;

type Settings = typeof settings;
type Value<S> = S extends Setting<infer T> ? (S extends { fallback: string } ? T : T | undefined) : never;
export type Config = { readonly [K in keyof Settings]: Value<Settings[K]> };

/** Connections that a node needs: postings, readers and the background loops; each worker adds one. */
const SMALLEST_POOL = 4;

/** All faults of the environment, one line each. */
export class ConfigFaults extends Error {
  override name = 'ConfigFaults';
  readonly faults: string[];
  constructor(faults: string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.join('\n')}`,
    );
    this.faults = faults;
  }
}

/**
 * Reads the settings. An empty variable counts as not set.
 *
 * @throws ConfigFaults with all faults at once; it never contains values of secret settings.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries<Setting<unknown>>(settings)) {
    const given = env[setting.env]?.trim() || setting.fallback;
    if (given === undefined) continue;
    values[name] = setting.parse(given);
    if (values[name] === undefined) {
      faults.push(
        `${setting.env}${setting.secret ? '' : `=${given}`}: expected ${setting.form.en.replaceAll('`', '')}`,
      );
    }
  }
  const config = values as Config;
  const has = (setting: Setting<unknown>) => Boolean(env[setting.env]?.trim());
  const together = (first: Setting<unknown>, others: Setting<unknown>[]) => {
    for (const other of others) {
      if (has(first) && !has(other)) faults.push(`${other.env}: required when ${first.env} is set`);
    }
  };
  together(settings.smtpUrl, [settings.mailFrom]);
  together(settings.inTrayUrl, [settings.inTrayAddress]);
  together(settings.inTrayAddress, [settings.inTrayUrl]);
  together(settings.s3Endpoint, [settings.s3Bucket, settings.s3AccessKeyId, settings.s3SecretAccessKey]);
  together(settings.s3Bucket, [settings.s3Endpoint]);
  if (config.fileStorage === 's3') together(settings.fileStorage, [settings.s3Endpoint]);
  const oneKey = (name: 'MASKINPORTEN' | 'ID_PORTEN', client: Setting<unknown>, all: Setting<unknown>[]) => {
    const [key, keyFile, keyId, certificate] = all.map(has);
    if (key && keyFile) faults.push(`${name}_KEY_FILE: not together with ${name}_KEY`);
    if (!key && !keyFile && has(client))
      faults.push(`${name}_KEY or ${name}_KEY_FILE: required when ${name}_CLIENT_ID is set`);
    for (const one of all.slice(0, 2)) together(one, [client]);
    if (keyId && certificate) faults.push(`${name}_CERTIFICATE_FILE: not together with ${name}_KEY_ID`);
    if (config.sandbox && has(client)) faults.push(`SANDBOX=1: not together with ${name}_CLIENT_ID`);
  };
  oneKey('MASKINPORTEN', settings.maskinportenClientId, [
    settings.maskinportenKey,
    settings.maskinportenKeyFile,
    settings.maskinportenKeyId,
    settings.maskinportenCertificateFile,
  ]);
  oneKey('ID_PORTEN', settings.idPortenClientId, [
    settings.idPortenKey,
    settings.idPortenKeyFile,
    settings.idPortenKeyId,
    settings.idPortenCertificateFile,
  ]);
  if (config.altinnSystemId !== undefined && !/^\d{9}_[^\s/]{1,100}$/.test(config.altinnSystemId))
    faults.push(`ALTINN_SYSTEM_ID=${config.altinnSystemId}: expected <organisation number>_<name> without blanks`);
  if (has(settings.idPortenClientId) && has(settings.databaseUrl))
    together(settings.idPortenClientId, [settings.encryptionKeys]);
  together(settings.tietoevrySftpUrl, [settings.tietoevrySftpHostKey]);
  const sftpKeys = [settings.tietoevrySftpKey, settings.tietoevrySftpKeyFile].filter(has);
  if (has(settings.tietoevrySftpUrl) && sftpKeys.length !== 1)
    faults.push('TIETOEVRY_SFTP_KEY or TIETOEVRY_SFTP_KEY_FILE: one of them when TIETOEVRY_SFTP_URL is set');
  together(settings.zdataMailboxUrl, [settings.zdataMailboxClientId, settings.zdataMailboxClientSecret]);
  together(settings.peppolAccessPointUrl, [settings.peppolAccessPointToken, settings.peppolAccessPointId]);
  const smpCertificates = [settings.peppolSmpCertificates, settings.peppolSmpCertificatesFile].filter(has);
  if (has(settings.peppolAccessPointUrl) && smpCertificates.length !== 1)
    faults.push(
      'PEPPOL_SMP_CERTIFICATES or PEPPOL_SMP_CERTIFICATES_FILE: one of them when PEPPOL_ACCESS_POINT_URL is set',
    );
  const smallest = SMALLEST_POOL + (config.workers ?? 0);
  if (config.databasePoolSize < smallest)
    faults.push(
      `DATABASE_POOL_SIZE=${config.databasePoolSize}: expected at least ${smallest} with WORKERS=${config.workers} (4, and one for each)`,
    );
  if (faults.length > 0) throw new ConfigFaults(faults);
  return config;
}
